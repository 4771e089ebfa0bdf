/**
 * The character devices that a kernel shows under {@code /dev}: the log.
 *
 * <p>Door: {@link jiffy.runtime.proc.dev.Kmsg}. Opened, read and written in process context; what a
 * writer of the log calls here takes no lock. Follows the {@code devkmsg_} functions of Linux 6.1's
 * {@code kernel/printk/printk.c}.
 */
package jiffy.runtime.proc.dev;
