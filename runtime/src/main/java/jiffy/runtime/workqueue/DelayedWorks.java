package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.WORK_CPU_UNBOUND;

import jiffy.kernel.Current;
import jiffy.linux.Timers;
import jiffy.runtime.context.Context;
import jiffy.runtime.time.Timekeeping;
import jiffy.types.DelayedWork;
import jiffy.types.TimerFunction;
import jiffy.types.WorkqueueStruct;

/**
 * Items with a delay: a timer that queues. While the timer is pending the pending bit of the item
 * belongs to it. Thread safe.
 */
final class DelayedWorks {
  private final Timekeeping timekeeping;
  private final WorkIntake intake;
  private final WorkRemoval removal;
  private final PendingBit pending;
  private final TimerFunction delayIsOver = work -> insert((DelayedWork) work);

  DelayedWorks(
      Timekeeping timekeeping, WorkIntake intake, WorkRemoval removal, PendingBit pending) {
    this.timekeeping = timekeeping;
    this.pending = pending;
    this.intake = intake;
    this.removal = removal;
  }

  /** {@code INIT_DELAYED_WORK}, once its item is set up. */
  void setUp(Context context, DelayedWork work, int timerFlags) {
    timekeeping.setupOwn(
        context,
        work.timer,
        delayIsOver,
        work,
        timerFlags | Timers.TIMER_IRQSAFE,
        work.work.__origin);
  }

  /** {@code queue_delayed_work_on}. */
  boolean queue(
      Context context, int cpu, WorkqueueStruct struct, DelayedWork work, long delayJiffies) {
    Workqueue queue = intake.check(context, cpu, struct, work.work, delayJiffies == 0);
    if (queue == null) {
      return false;
    }
    boolean owned = false;
    int before = context.takenOver;
    try {
      owned = pending.claim(context, work.work);
      if (owned) {
        handOver(context, cpu, queue, work, delayJiffies);
      }
      return owned;
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (owned && context.takenOver == before) {
        work.work.__state = 0;
      }
      throw e;
    }
  }

  /** {@code mod_delayed_work_on}. @return whether it was pending */
  boolean modify(
      Context context, int cpu, WorkqueueStruct struct, DelayedWork work, long delayJiffies) {
    Workqueue queue = intake.check(context, cpu, struct, work.work, delayJiffies == 0);
    if (queue == null) {
      return false;
    }
    int got = WorkRemoval.CANCELED;
    int before = 0;
    try {
      got = removal.grab(context, work.work, work.timer);
      before = context.takenOver;
      if (got != WorkRemoval.CANCELED) {
        handOver(context, cpu, queue, work, delayJiffies);
      }
      return got == WorkRemoval.STOLEN;
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (got != WorkRemoval.CANCELED && context.takenOver == before) {
        work.work.__state = 0;
      }
      throw e;
    }
  }

  /**
   * The delay of an item begins that the caller has made pending; what it calls answers for the
   * item from its first step on, and says so by {@link Context#takenOver}.
   */
  private void handOver(Context context, int cpu, Workqueue queue, DelayedWork work, long delay) {
    if (delay == 0) {
      intake.insert(context, cpu, queue, work.work);
    } else {
      begin(context, cpu, queue, work, delay);
    }
  }

  private void begin(Context context, int cpu, Workqueue queue, DelayedWork work, long delay) {
    context.takenOver++;
    try {
      if (work.timer.function == null) { // DECLARE_DELAYED_WORK
        setUp(context, work, 0);
      }
      work.timer.__origin = work.work.__origin;
      work.__wq = queue;
      work.__cpu = cpu;
      long expires = timekeeping.jiffies(context) + delay;
      if (cpu == WORK_CPU_UNBOUND) {
        timekeeping.mod(context, work.timer, expires);
      } else {
        work.timer.expires = expires;
        timekeeping.addOn(context, work.timer, cpu);
      }
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (work.timer.__prev == null) {
        work.work.__state = 0;
      }
      throw e;
    }
    if (work.work.__origin.owner.isGoing()) { // then the timer may not have been armed
      removal.cancel(context, work.work, work.timer);
    }
  }

  /** {@code flush_delayed_work}, its first half: the delay is over now. */
  void expedite(Context context, DelayedWork work) {
    int lost = context.timersLost;
    int before = 0;
    boolean owned = false;
    try {
      owned = timekeeping.deleteSync(context, work.timer, false) == 1;
      before = context.takenOver;
      if (owned) {
        handOver(context, work.__cpu, (Workqueue) work.__wq, work, 0);
      }
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (context.timersLost != lost || owned && context.takenOver == before) {
        work.work.__state = 0;
      }
      throw e;
    }
  }

  /** The delay is over: in the TIMER softirq. */
  private void insert(DelayedWork work) {
    Context context = (Context) Current.get();
    Workqueue queue = (Workqueue) work.__wq;
    if (intake.mayEnter(context, queue, work.work)) {
      intake.insert(context, work.__cpu, queue, work.work);
    } else {
      work.work.__state = 0;
    }
  }
}
