/**
 * Softirqs: what runs next to tasks, on each CPU's softirq thread.
 *
 * <p>Doors: {@link jiffy.runtime.irq.Softirqs} to raise and to register handlers, {@link
 * jiffy.runtime.irq.ClockEvent} to be woken at a time. Any context may raise; handlers run with the
 * CPU's gate held exclusively and must not sleep. No locks in here. Follows Linux's {@code
 * kernel/softirq.c} and {@code clockevents.c}.
 */
package jiffy.runtime.irq;
