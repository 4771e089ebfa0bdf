/**
 * The ring of records: stored by many at once, overwritten when it is full, read by number.
 *
 * <p>Door: {@link jiffy.runtime.printk.ring.LogRing}. Callers: any context; no writer ever waits,
 * and no reader is known to a writer.<br>
 * Lock order: none is taken while a record is stored; registering a listener takes the ring's
 * monitor.<br>
 * Follows Linux 6.1 {@code kernel/printk/printk_ringbuffer.c} in idea.
 */
package jiffy.runtime.printk.ring;
