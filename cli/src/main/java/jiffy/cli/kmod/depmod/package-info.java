/**
 * {@code depmod}: which modules there are, what each needs of others, and the texts of {@code
 * modules.dep} and its kind.
 *
 * <p>Doors: {@link jiffy.cli.kmod.depmod.Depmod} for a tree on disk, {@link
 * jiffy.cli.kmod.depmod.ModuleScan} for directories that have no index, of which it keeps one in
 * memory. Modules are read with ASM, none is run; no kernel is needed. {@code ModuleScan} is thread
 * safe, all else belongs to one run. Follows kmod's {@code tools/depmod.c}.
 */
package jiffy.cli.kmod.depmod;
