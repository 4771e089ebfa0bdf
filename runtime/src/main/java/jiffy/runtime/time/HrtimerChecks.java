package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.CLOCK_BOOTTIME;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.CLOCK_REALTIME;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_SOFT;
import static jiffy.runtime.time.HrtimerFlags.REALTIME;
import static jiffy.runtime.time.HrtimerFlags.SOFT;

import jiffy.kernel.Origin;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;

/**
 * Sets hrtimers up, and looks at each before it is used: that it is of this kernel and has a
 * function, of a module that stays. What is wrong with one is said once a boot. Thread safe; takes
 * no lock.
 */
final class HrtimerChecks {
  private final Origins origins;
  private final KernelLog log;
  private volatile boolean warnedOfFunction;
  private volatile boolean warnedOfMode;
  private volatile boolean warnedOfForward;

  HrtimerChecks(Origins origins, KernelLog log) {
    this.origins = origins;
    this.log = log;
  }

  /** Sets a timer up that is not queued. */
  void setup(Context context, Hrtimer timer, HrtimerFunction function, int clockId, int mode) {
    if (clockId != CLOCK_MONOTONIC && clockId != CLOCK_REALTIME && clockId != CLOCK_BOOTTIME) {
      log.print(KernelLog.WARNING, "Invalid clockid " + clockId + ". Using MONOTONIC");
    }
    timer.function = function;
    timer.__expires = 0;
    timer.__softexpires = 0;
    timer.__resolved = null;
    timer.__origin = null;
    boolean real = clockId == CLOCK_REALTIME && (mode & HRTIMER_MODE_REL) == 0;
    int flags = (real ? REALTIME : 0) | ((mode & HRTIMER_MODE_SOFT) != 0 ? SOFT : 0);
    Hrtimer.__FLAGS.setRelease(timer, flags | context.cpu.number);
    if (function != null) {
      resolve(context, timer);
    }
  }

  private void resolve(Context context, Hrtimer timer) {
    HrtimerFunction function = timer.function;
    timer.__origin = origins.of(context, function);
    timer.__resolved = function;
  }

  /** Whether the timer may be started; if not, and that is an error, says why. */
  boolean mayArm(Context context, Hrtimer timer, int mode) {
    requireOurs(context, timer);
    HrtimerFunction function = timer.function;
    if (function == null) {
      if (!warnedOfFunction) {
        warnedOfFunction = true;
        log.print(
            KernelLog.WARNING,
            "WARNING: hrtimer_start of an hrtimer without function by " + context + ": ignored");
      }
      return false;
    }
    if (function != timer.__resolved) {
      resolve(context, timer);
    }
    boolean isSoft = (timer.__flags & SOFT) != 0;
    if (isSoft != ((mode & HRTIMER_MODE_SOFT) != 0) && !warnedOfMode) {
      warnedOfMode = true;
      log.print(
          KernelLog.WARNING,
          "WARNING: hrtimer_start of "
              + timer.__origin
              + ": HRTIMER_MODE_SOFT must be as at its set-up, which holds");
    }
    return !timer.__origin.owner.isGoing();
  }

  /** Whether the timer may be started again; its callback may have given it another function. */
  boolean mayRestart(Context context, Hrtimer timer) {
    HrtimerFunction function = timer.function;
    if (function != null && function != timer.__resolved) {
      resolve(context, timer);
    }
    return function != null;
  }

  /**
   * Throws if the timer was set up in another kernel: its base, and the lock of that, are there.
   */
  static void requireOurs(Context context, Hrtimer timer) {
    Origin origin = timer.__origin;
    if (origin != null && origin.kernel != context.kernel) {
      throw new IllegalStateException(
          "hrtimer "
              + origin
              + " belongs to kernel '"
              + origin.kernel
              + "', but is used in a context of kernel '"
              + context.kernel
              + "': set up one timer for each kernel");
    }
  }

  /** {@code hrtimer_forward} of a queued timer. */
  void warnOfForward(Context context, Hrtimer timer) {
    if (!warnedOfForward) {
      warnedOfForward = true;
      log.print(
          KernelLog.WARNING,
          "WARNING: CPU: "
              + context.cpu.number
              + " PID: "
              + context.task().pid
              + " at hrtimer_forward: "
              + timer.__origin
              + " is queued: not moved");
    }
  }
}
