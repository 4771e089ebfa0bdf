package jiffy.runtime.time;

import jiffy.linux.Timers;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.PreemptCount;
import jiffy.types.TimerList;

/** Takes timers out again: {@code del_timer} and its relatives, in any context. Thread safe. */
final class TimerRemoval {
  /** How long del_timer_sync waits for a callback that was given up: 5 s. */
  private static final long STUCK_WAIT_NANOS = 5_000_000_000L;

  /** {@link #remove}: the callback runs, and the timer was left as it is. */
  private static final int RUNS = -1;

  private final Arch arch;
  private final TimerBases bases;
  private final KernelLog log;

  TimerRemoval(Arch arch, TimerBases bases, KernelLog log) {
    this.arch = arch;
    this.bases = bases;
    this.log = log;
  }

  /** {@code del_timer}, {@code timer_shutdown}. @return 1 if it was pending, 0 if not */
  int delete(Context context, TimerList timer, boolean shutdown) {
    if (!shutdown && TimerList.__PREV.getAcquire(timer) == null) {
      return 0;
    }
    TimerChecks.requireOurs(context, timer);
    return remove(context, timer, true, shutdown);
  }

  /** {@code try_to_del_timer_sync}. @return 1, 0, or -1 if its callback runs */
  int tryDelete(Context context, TimerList timer) {
    TimerChecks.requireOurs(context, timer);
    if (bases.running(timer) != null) {
      return RUNS;
    }
    return remove(context, timer, false, false);
  }

  /** {@code del_timer_sync}, {@code timer_shutdown_sync}. @return 1 if it was pending, 0 if not */
  int deleteSync(Context context, TimerList timer, boolean shutdown) {
    TimerChecks.requireOurs(context, timer);
    boolean irqSafe = (timer.__flags & Timers.TIMER_IRQSAFE) != 0;
    if (!irqSafe && (context.preemptCount() & PreemptCount.HARDIRQ_MASK) != 0) {
      warnOfHardirq(timer);
    }
    int result = 0;
    for (; ; ) {
      TimerBase runs = bases.running(timer);
      if (runs != null && runs.runner == context) {
        warnOfSelf(timer);
        return result | remove(context, timer, true, shutdown);
      }
      if (runs == null) {
        int removed = remove(context, timer, false, shutdown);
        if (removed != RUNS) {
          result |= removed;
          // Once more: a callback that began after the first look may have moved the timer away.
          if (bases.running(timer) == null) {
            return result;
          }
        }
      } else {
        if (shutdown) { // not to be armed again while it is waited for
          remove(context, timer, false, true);
        }
        awaitCallback(context, runs, timer);
      }
    }
  }

  /**
   * Takes it out, if it is pending, and, unless {@code running} says that this does not matter, its
   * callback does not run on its base.
   */
  private int remove(Context context, TimerList timer, boolean running, boolean shutdown) {
    TimerBase base = null;
    boolean owned = false;
    int result = 0;
    try {
      base = bases.lock(context, timer);
      if (shutdown) {
        timer.function = null;
      }
      if (!running && base.isRunning(timer)) {
        result = RUNS;
      } else if (timer.__prev != null) {
        TimerBase.own(arch, context, timer);
        owned = true;
        base.wheel.detach(timer);
        TimerBase.release(timer);
        owned = false;
        result = 1;
      }
      base.unlock();
      return result;
    } catch (Throwable e) { // a StackOverflowError of the module's: free it, without a call
      if (result == 1 || owned && timer.__prev == null) {
        context.timersLost++;
      }
      if (owned) {
        timer.__flags &= ~TimerFlags.MIGRATING;
      }
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  private void warnOfSelf(TimerList timer) {
    log.print(
        KernelLog.WARNING,
        "timer: del_timer_sync of "
            + timer.__origin
            + " from its own callback would wait for itself: deactivated without waiting");
  }

  private void warnOfHardirq(TimerList timer) {
    log.print(
        KernelLog.WARNING,
        "timer: del_timer_sync of "
            + timer.__origin
            + " from a hard interrupt, which may have interrupted its callback: only a"
            + " TIMER_IRQSAFE timer may be waited for there");
  }

  private void awaitCallback(Context context, TimerBase base, TimerList timer) {
    base.waiters.await(context.thread, () -> base.running != timer);
    if (base.isStuck(timer)
        && !base.waiters.await(
            context.thread, arch.now() + STUCK_WAIT_NANOS, () -> !base.isStuck(timer))) {
      log.print(
          KernelLog.WARNING,
          "timer: " + timer.__origin + " has not returned and is not waited for any longer");
      base.waitNoLonger(arch, context, timer);
    }
    context.forgetClock();
  }
}
