/**
 * Workqueues: functions that run later, in process context, on kworkers shared by all queues.
 *
 * <p>{@link jiffy.runtime.workqueue.Workqueues} is the door; {@link
 * jiffy.runtime.workqueue.WorkerPool} says how the kworkers share a CPU, {@link
 * jiffy.runtime.workqueue.PoolQueue} how a queue's items are counted, {@link
 * jiffy.runtime.workqueue.PendingBit} and {@link jiffy.runtime.workqueue.Inbox} how an item is
 * handed over, {@link jiffy.runtime.workqueue.WorkRemoval} how it is taken back, {@link
 * jiffy.runtime.workqueue.Rescuer} what happens if there are no threads for kworkers.
 */
package jiffy.runtime.workqueue;
