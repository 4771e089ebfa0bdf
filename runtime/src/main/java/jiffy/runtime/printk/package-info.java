/**
 * The kernel log: a ring of records in memory, and its readers.
 *
 * <p>Door: {@link jiffy.runtime.printk.Log}. Callers: any context, hard irq included, for no writer
 * ever waits. The printf that fills it is in {@code format}, the consoles that read it in {@code
 * console}.<br>
 * Lock order: none is taken while a record is stored; registering a listener takes the ring's
 * monitor.<br>
 * Follows Linux 6.1 {@code kernel/printk/printk.c}, {@code printk_ringbuffer.c}, {@code
 * lib/vsprintf.c} and {@code lib/ratelimit.c}.
 */
package jiffy.runtime.printk;
