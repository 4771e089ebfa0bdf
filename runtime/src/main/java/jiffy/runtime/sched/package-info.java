/**
 * Tasks: everything that runs in process context, kernel threads and tools alike; how they sleep
 * and are woken.
 *
 * <p>Doors: {@link jiffy.runtime.sched.Tasks}, {@link jiffy.runtime.sched.Scheduler}, {@link
 * jiffy.runtime.sched.WaitQueues}, {@link jiffy.runtime.sched.SleepLocks}, {@link
 * jiffy.runtime.sched.Kthreads}. May be called from any task; starting and waking one is allowed in
 * atomic context too, waiting is not. No locks in here: a task's state, a queue's waiters and a
 * task's end are published by volatile writes. Sleeping for a time is the time room's. Follows
 * Linux's {@code kernel/fork.c}, {@code sched/core.c}, {@code sched/wait.c}, {@code kthread.c} and
 * {@code locking/mutex.c}.
 */
package jiffy.runtime.sched;
