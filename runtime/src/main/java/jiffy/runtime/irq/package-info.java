/**
 * Interrupts and softirqs: what runs next to tasks, on each CPU's interrupt thread and softirq
 * thread.
 *
 * <p>Doors: {@link jiffy.runtime.irq.Softirqs} to raise and to register handlers, {@link
 * jiffy.runtime.irq.ClockEvent} to have the TIMER softirq raised at a time; {@link
 * jiffy.runtime.irq.Interrupts} to run a handler in hard interrupt context, {@link
 * jiffy.runtime.irq.DeadlineEvent} to have that at a time; {@link jiffy.runtime.irq.Tasklets} and
 * {@link jiffy.runtime.irq.IrqLines} behind {@code linux/interrupt.h}. Any context may raise;
 * handlers run with their side of the CPU's gate held exclusively and must not sleep. Locks: {@code
 * RunSlot}, {@code TaskletMouth} and {@code IrqLine}, all innermost. Follows Linux's {@code
 * kernel/softirq.c}, {@code kernel/irq} and {@code clockevents.c}.
 */
package jiffy.runtime.irq;
