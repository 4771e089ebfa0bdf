package jiffy.runtime;

import jiffy.kernel.Current;
import jiffy.kernel.TaskOps;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Splat;
import jiffy.runtime.sched.Kthreads;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.WaitQueues;
import jiffy.runtime.time.Timeouts;
import jiffy.types.KthreadFunction;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;

/** The API's view of sleeping and waking, whose parts are in two rooms. Thread safe. */
final class KernelTasks implements TaskOps {
  private final Contexts contexts;
  private final Scheduler scheduler;
  private final WaitQueues waitQueues;
  private final Timeouts timeouts;
  private final Kthreads kthreads;
  private final Splat splat;

  KernelTasks(
      Contexts contexts, Scheduler scheduler, Timeouts timeouts, Kthreads kthreads, Splat splat) {
    this.contexts = contexts;
    this.scheduler = scheduler;
    this.waitQueues = new WaitQueues(scheduler);
    this.timeouts = timeouts;
    this.kthreads = kthreads;
    this.splat = splat;
  }

  @Override
  public void setState(Current current, int state) {
    scheduler.setState((Context) current, state);
  }

  @Override
  public void schedule(Current current) {
    scheduler.schedule((Context) current);
  }

  @Override
  public long scheduleTimeout(Current current, long timeoutJiffies) {
    return timeouts.scheduleTimeout((Context) current, timeoutJiffies);
  }

  @Override
  public void sleepRange(Current current, long minNanos, long maxNanos, int state) {
    timeouts.sleepRange((Context) current, minNanos, maxNanos, state);
  }

  @Override
  public void mightSleep(Current current) {
    splat.mightSleep((Context) current);
  }

  @Override
  public boolean wakeUp(Current current, TaskStruct task, int stateMask) {
    return scheduler.wakeUp(task, stateMask);
  }

  @Override
  public int prepareToWait(Current current, WaitQueueHead queue, WaitQueueEntry entry, int state) {
    return waitQueues.prepareToWait((Context) current, queue, entry, state);
  }

  @Override
  public void finishWait(Current current, WaitQueueHead queue, WaitQueueEntry entry) {
    waitQueues.finishWait((Context) current, queue, entry);
  }

  @Override
  public void addWaiter(Current current, WaitQueueHead queue, WaitQueueEntry entry) {
    WaitQueues.add(queue, entry);
  }

  @Override
  public void removeWaiter(Current current, WaitQueueHead queue, WaitQueueEntry entry) {
    WaitQueues.remove(queue, entry);
  }

  @Override
  public void wake(Current current, WaitQueueHead queue, int stateMask, int exclusive) {
    waitQueues.wake(queue, stateMask, exclusive);
  }

  @Override
  public TaskStruct kthreadCreate(
      Current current, KthreadFunction function, Object data, String name) {
    return kthreads.create((Context) current, function, data, name);
  }

  @Override
  public void kthreadBind(Current current, TaskStruct thread, int cpu) {
    kthreads.bind(thread, cpu);
  }

  @Override
  public int kthreadStop(Current current, TaskStruct thread) {
    return kthreads.stop((Context) current, thread);
  }

  @Override
  public boolean kthreadShouldStop(Current current) {
    return kthreads.shouldStop((Context) current);
  }

  @Override
  public int kthreadPark(Current current, TaskStruct thread) {
    return kthreads.park((Context) current, thread);
  }

  @Override
  public void kthreadUnpark(Current current, TaskStruct thread) {
    kthreads.unpark(thread);
  }

  @Override
  public boolean kthreadShouldPark(Current current) {
    return kthreads.shouldPark((Context) current);
  }

  @Override
  public void kthreadParkme(Current current) {
    kthreads.parkMe((Context) current);
  }

  @Override
  public Object kthreadData(TaskStruct thread) {
    return kthreads.data(thread);
  }

  @Override
  public int onlineCpus() {
    return contexts.cpus().size();
  }
}
