/** What runs now: preempt count, CPU, task, owner; the gates of a CPU. */
package jiffy.runtime.context;
