/**
 * Tasks: everything that runs in process context, kernel threads and tools alike.
 *
 * <p>Door: {@link jiffy.runtime.sched.Tasks}. May be called from any task; starting one is allowed
 * in atomic context too, waiting is not. No locks in here; a task's end is published by a volatile
 * write. Follows Linux's {@code kernel/fork.c} and {@code kthread.c}.
 */
package jiffy.runtime.sched;
