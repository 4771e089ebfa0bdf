/**
 * modprobe: what a name means, what must be loaded or unloaded for it, and in which order.
 *
 * <p>Door: {@link jiffy.cli.kmod.Modprobe}. It talks to a kernel and to a user through {@link
 * jiffy.cli.kmod.ModuleKernel} and {@link jiffy.cli.kmod.Console}; a run is one thread's. Follows
 * kmod's {@code tools/modprobe.c} and {@code libkmod-module.c}, texts and statuses to the letter.
 */
package jiffy.cli.kmod;
