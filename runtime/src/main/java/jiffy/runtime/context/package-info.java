/**
 * Who runs here: preempt count, CPU, task, owner; and the gates that keep softirq and interrupt
 * handlers of a CPU out.
 *
 * <p>Doors: {@link jiffy.runtime.context.Context}, used by its own thread only, and {@link
 * jiffy.runtime.context.Cpu}. Any context may call; a gate may park a task, never a handler's
 * waker. No locks in here. Follows Linux's {@code preempt.h}, {@code softirq.c} and PREEMPT_RT's
 * view that tasks of one CPU are real threads.
 */
package jiffy.runtime.context;
