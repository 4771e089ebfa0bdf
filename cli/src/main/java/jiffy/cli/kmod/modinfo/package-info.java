/**
 * {@code modinfo}: what a module says of itself, as text and as JSON, and of modules that are built
 * in.
 *
 * <p>Doors: {@link jiffy.cli.kmod.modinfo.ModinfoText}, {@link jiffy.cli.kmod.modinfo.ModinfoJson}.
 * No state, no kernel; any thread. Follows kmod's {@code tools/modinfo.c}.
 */
package jiffy.cli.kmod.modinfo;
