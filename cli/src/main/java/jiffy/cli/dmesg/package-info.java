/**
 * The {@code dmesg} tool: shows, filters and clears the kernel log, to the letter of util-linux.
 * Door: {@link jiffy.cli.dmesg.Dmesg#run}; the kernel is behind {@link
 * jiffy.cli.dmesg.RecordSource} and {@link jiffy.cli.dmesg.KernelLogControl}. Any thread may run
 * it; no locks, no shared state: environment, directory and streams are the {@link
 * jiffy.cli.dmesg.Client}'s. Follows dmesg(1) and Linux {@code Documentation/ABI/testing/dev-kmsg}.
 */
package jiffy.cli.dmesg;
