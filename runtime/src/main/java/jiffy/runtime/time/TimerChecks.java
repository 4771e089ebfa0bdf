package jiffy.runtime.time;

import jiffy.kernel.Origin;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * Sets timers up, and looks at each before it is armed: that it is of this kernel and has a
 * function, of a module that stays. Thread safe; takes no lock.
 */
final class TimerChecks {
  private final Origins origins;
  private final KernelLog log;
  private volatile boolean warnedOfPending;

  TimerChecks(Origins origins, KernelLog log) {
    this.origins = origins;
    this.log = log;
  }

  /** Reports that a pending timer is set up anew. */
  void initActive(Context context, TimerList timer) {
    requireOurs(context, timer);
    log.print(
        KernelLog.ERR,
        "ODEBUG: init active object type: timer_list, "
            + timer.__origin
            + ": it was pending, and is deactivated");
  }

  /** Sets a timer up that is not pending. */
  void setup(Context context, TimerList timer, TimerFunction function, Object data, int flags) {
    setup(context, timer, function, data, flags, null);
    if (function != null) {
      resolve(context, timer);
    }
  }

  /** As above, for a function of the kernel's own: on whose behalf it runs is known. */
  static void setup(
      Context context,
      TimerList timer,
      TimerFunction function,
      Object data,
      int flags,
      Origin origin) {
    timer.__next = null;
    TimerList.__PREV.setOpaque(timer, null);
    timer.function = function;
    timer.data = data;
    timer.__resolved = origin == null ? null : function;
    timer.__origin = origin;
    TimerList.__FLAGS.setRelease(
        timer, TimerFlags.takenOut(flags & TimerFlags.SETUP_MASK | context.cpu.number));
  }

  private void resolve(Context context, TimerList timer) {
    TimerFunction function = timer.function;
    timer.__origin = origins.of(context, function);
    timer.__resolved = function;
  }

  /** Whether the timer may be armed: it has a function, of this kernel, of a module that stays. */
  boolean mayArm(Context context, TimerList timer) {
    TimerFunction function = timer.function;
    if (function == null) {
      return false;
    }
    if (function != timer.__resolved) {
      requireOurs(context, timer);
      resolve(context, timer);
    }
    Origin origin = timer.__origin;
    if (origin.kernel != context.kernel) {
      requireOurs(context, timer);
    }
    return !origin.owner.isGoing();
  }

  /** A timer in a message: its function, though it has not been armed yet. */
  String nameOf(Context context, TimerList timer) {
    if (timer.__origin == null && timer.function != null) {
      resolve(context, timer);
    }
    return timer.__origin == null ? "without a function" : timer.__origin.toString();
  }

  /** As Linux does: a pending timer is left as it is, with one warning a boot. */
  boolean warnsOfPending(String call, TimerList timer) {
    if (TimerList.__PREV.getAcquire(timer) == null) {
      return false;
    }
    if (!warnedOfPending) {
      warnedOfPending = true;
      log.print(
          KernelLog.WARNING,
          "timer: "
              + call
              + " of "
              + timer.__origin
              + ", which is pending: ignored; see mod_timer");
    }
    return true;
  }

  /**
   * Throws if the timer was set up in another kernel: its base, and the lock of that, are there.
   */
  static void requireOurs(Context context, TimerList timer) {
    Origin origin = timer.__origin;
    if (origin != null && origin.kernel != context.kernel) {
      throw new IllegalStateException(
          "timer "
              + origin
              + " belongs to kernel '"
              + origin.kernel
              + "', but is used in a context of kernel '"
              + context.kernel
              + "': set up one timer for each kernel");
    }
  }
}
