/**
 * The kernel log: a ring of records in memory, the printf that fills it, and the consoles that read
 * it.
 *
 * <p>Door: {@link jiffy.runtime.printk.Log}. Callers: any context, hard irq included, for no writer
 * ever waits; only {@link jiffy.runtime.printk.Console} has a thread, and only on a real host.<br>
 * Lock order: none is taken while a record is stored; registering a listener takes the ring's
 * monitor.<br>
 * Follows Linux 6.1 {@code kernel/printk/printk.c}, {@code printk_ringbuffer.c}, {@code
 * lib/vsprintf.c} and {@code lib/ratelimit.c}.
 */
package jiffy.runtime.printk;
