/** Tasks, kthreads, wait queues, completions, mutexes and semaphores. */
package jiffy.runtime.sched;
