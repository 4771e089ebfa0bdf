/**
 * {@code modprobe.d}: which files there are, what they say, and what the kernel's command line
 * adds.
 *
 * <p>Doors: {@link jiffy.cli.kmod.config.ConfigFiles} reads, {@link
 * jiffy.cli.kmod.config.ModprobeConfig} answers. A bad line is reported and passed over. The result
 * is immutable. Follows kmod's {@code libkmod-config.c} and {@code modprobe.d(5)}.
 */
package jiffy.cli.kmod.config;
