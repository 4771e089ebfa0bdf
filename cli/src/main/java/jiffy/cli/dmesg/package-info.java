/**
 * The {@code dmesg} tool: shows, filters and clears the kernel log, to the letter of util-linux.
 * Door: {@link jiffy.cli.dmesg.Dmesg#run}; the kernel is behind {@link
 * jiffy.cli.dmesg.record.RecordSource} and {@link jiffy.cli.dmesg.record.KernelLogControl}. Any
 * thread may run it; no locks, no shared state: environment, directory and streams are the {@link
 * jiffy.cli.dmesg.print.Client}'s. Follows dmesg(1) and Linux {@code
 * Documentation/ABI/testing/dev-kmsg}.
 *
 * <p>Its rooms, each using those before it: {@code record}, {@code time}, {@code print}, and this
 * one: what the user asked for, and the run.
 */
package jiffy.cli.dmesg;
