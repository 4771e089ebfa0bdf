/**
 * What depmod has written down of a tree of modules, as lookups.
 *
 * <p>Door: {@link jiffy.cli.kmod.index.ModuleIndex}. Everything is immutable: any thread may ask.
 * Follows kmod's {@code libkmod-index.c}, but for the binary files, which a tree of JARs does
 * without.
 */
package jiffy.cli.kmod.index;
