/**
 * The kernel log: printk in, records out.
 *
 * <p>Door: {@link jiffy.runtime.printk.Log}. Callers: any context, hard irq included, for no writer
 * ever waits. The records are kept in {@code ring}, the printf that fills them is in {@code
 * format}, the consoles that read them in {@code console}.<br>
 * Lock order: none is taken while a record is stored.<br>
 * Follows Linux 6.1 {@code kernel/printk/printk.c} and {@code lib/ratelimit.c}.
 */
package jiffy.runtime.printk;
