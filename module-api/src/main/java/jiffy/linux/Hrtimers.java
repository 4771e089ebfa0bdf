package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import jiffy.types.HrtimerRestart;

/**
 * {@code linux/hrtimer.h}: call a function at a nanosecond.
 *
 * <p>An hrtimer runs on the CPU that started it, once per start, in hard interrupt context; with a
 * {@code SOFT} mode in softirq context. Never early; late by what the host needs to wake a thread.
 * Of equal expiries the one started first runs first. Times are {@code ktime_t}: nanoseconds, see
 * {@link Ktime}.
 *
 * <p>Contexts: any for all but {@link #hrtimer_cancel}, which waits. All are thread safe; set-up is
 * the caller's to order.
 */
public final class Hrtimers {
  /** Wall-clock time; may be stepped, and its absolute timers with it. */
  public static final int CLOCK_REALTIME = 0;

  /** Time since boot; never stepped. */
  public static final int CLOCK_MONOTONIC = 1;

  /** Time since boot, suspended time included: here the same as {@link #CLOCK_MONOTONIC}. */
  public static final int CLOCK_BOOTTIME = 7;

  /** Mode: the time is absolute. */
  public static final int HRTIMER_MODE_ABS = 0x00;

  /** Mode: the time is from now on. */
  public static final int HRTIMER_MODE_REL = 0x01;

  /** Mode, to be or-ed: stays on its CPU (as every timer does here). */
  public static final int HRTIMER_MODE_PINNED = 0x02;

  /** Mode, to be or-ed: the function runs in softirq context. */
  public static final int HRTIMER_MODE_SOFT = 0x04;

  /** Mode, to be or-ed: the function runs in hard interrupt context; the default. */
  public static final int HRTIMER_MODE_HARD = 0x08;

  /** {@link #HRTIMER_MODE_ABS} and {@link #HRTIMER_MODE_PINNED}. */
  public static final int HRTIMER_MODE_ABS_PINNED = 0x02;

  /** {@link #HRTIMER_MODE_REL} and {@link #HRTIMER_MODE_PINNED}. */
  public static final int HRTIMER_MODE_REL_PINNED = 0x03;

  /** {@link #HRTIMER_MODE_ABS} and {@link #HRTIMER_MODE_SOFT}. */
  public static final int HRTIMER_MODE_ABS_SOFT = 0x04;

  /** {@link #HRTIMER_MODE_REL} and {@link #HRTIMER_MODE_SOFT}. */
  public static final int HRTIMER_MODE_REL_SOFT = 0x05;

  /** Absolute, pinned, soft. */
  public static final int HRTIMER_MODE_ABS_PINNED_SOFT = 0x06;

  /** Relative, pinned, soft. */
  public static final int HRTIMER_MODE_REL_PINNED_SOFT = 0x07;

  /** {@link #HRTIMER_MODE_ABS} and {@link #HRTIMER_MODE_HARD}. */
  public static final int HRTIMER_MODE_ABS_HARD = 0x08;

  /** {@link #HRTIMER_MODE_REL} and {@link #HRTIMER_MODE_HARD}. */
  public static final int HRTIMER_MODE_REL_HARD = 0x09;

  /** Absolute, pinned, hard. */
  public static final int HRTIMER_MODE_ABS_PINNED_HARD = 0x0a;

  /** Relative, pinned, hard. */
  public static final int HRTIMER_MODE_REL_PINNED_HARD = 0x0b;

  /** What a function returns that is done. */
  public static final HrtimerRestart HRTIMER_NORESTART = HrtimerRestart.HRTIMER_NORESTART;

  /** What a function returns that has moved the expiry forward and wants to run again. */
  public static final HrtimerRestart HRTIMER_RESTART = HrtimerRestart.HRTIMER_RESTART;

  private Hrtimers() {}

  /**
   * {@code void hrtimer_init(struct hrtimer *timer, clockid_t which_clock, enum hrtimer_mode
   * mode)}: makes it ready for use; {@code function} is then set as a field.
   *
   * @param clockId {@link #CLOCK_MONOTONIC}, {@link #CLOCK_REALTIME} or {@link #CLOCK_BOOTTIME}; a
   *     relative timer of CLOCK_REALTIME is one of CLOCK_MONOTONIC, for steps do not concern it
   * @param mode as for {@link #hrtimer_start}; SOFT is fixed here
   */
  public static void hrtimer_init(Hrtimer timer, int clockId, int mode) {
    Current current = Current.get();
    current.kernel.hrtimers.setup(current, timer, null, clockId, mode);
  }

  /**
   * {@code void hrtimer_setup(struct hrtimer *timer, enum hrtimer_restart (*function)(struct
   * hrtimer *), clockid_t clock_id, enum hrtimer_mode mode)}: {@link #hrtimer_init} and the
   * function. (Linux from 6.13 on.)
   */
  public static void hrtimer_setup(Hrtimer timer, HrtimerFunction function, int clockId, int mode) {
    Current current = Current.get();
    current.kernel.hrtimers.setup(current, timer, function, clockId, mode);
  }

  /**
   * {@code void hrtimer_start(struct hrtimer *timer, ktime_t tim, const enum hrtimer_mode mode)}:
   * starts it, active or not; one that is queued is queued anew.
   *
   * <p>If the time has come already, and the caller holds no lock, has interrupts enabled and is in
   * no handler, then the function has run when this returns.
   *
   * @param time ns; a negative relative one counts as an overflow, {@link Ktime#KTIME_MAX}: never
   * @param mode {@link #HRTIMER_MODE_ABS} or {@link #HRTIMER_MODE_REL}, with PINNED, and SOFT as at
   *     set-up
   */
  public static void hrtimer_start(Hrtimer timer, long time, int mode) {
    Current current = Current.get();
    current.kernel.hrtimers.start(current, timer, time, 0, mode);
  }

  /**
   * {@code void hrtimer_start_range_ns(struct hrtimer *timer, ktime_t tim, u64 range_ns, const enum
   * hrtimer_mode mode)}: as {@link #hrtimer_start}, but any time from {@code time} to {@code time +
   * rangeNanos} will do: it runs with an earlier timer of that span, else at its end.
   */
  public static void hrtimer_start_range_ns(Hrtimer timer, long time, long rangeNanos, int mode) {
    Current current = Current.get();
    current.kernel.hrtimers.start(current, timer, time, rangeNanos, mode);
  }

  /**
   * {@code void hrtimer_start_expires(struct hrtimer *timer, enum hrtimer_mode mode)}: starts it
   * for the expiry that it has.
   */
  public static void hrtimer_start_expires(Hrtimer timer, int mode) {
    hrtimer_start_range_ns(timer, timer.__softexpires, timer.__expires - timer.__softexpires, mode);
  }

  /** {@code void hrtimer_restart(struct hrtimer *timer)}: starts it for the expiry it had. */
  public static void hrtimer_restart(Hrtimer timer) {
    hrtimer_start_expires(timer, HRTIMER_MODE_ABS);
  }

  /**
   * {@code int hrtimer_cancel(struct hrtimer *timer)}: deactivates it and waits until its function
   * runs nowhere. Not from the function itself (warns, deactivates, returns at once), and not while
   * holding a lock that the function takes, nor in a context that may have interrupted it: process
   * context, and softirq context for a hard one.
   *
   * @return 1 if it was queued, 0 if it was not
   */
  public static int hrtimer_cancel(Hrtimer timer) {
    Current current = Current.get();
    return current.kernel.hrtimers.cancel(current, timer);
  }

  /**
   * {@code int hrtimer_try_to_cancel(struct hrtimer *timer)}: deactivates it unless its function
   * runs.
   *
   * @return 1 if it was queued, 0 if it was not active, -1 if the function runs, be it the caller:
   *     then nothing has changed
   */
  public static int hrtimer_try_to_cancel(Hrtimer timer) {
    Current current = Current.get();
    return current.kernel.hrtimers.tryToCancel(current, timer);
  }

  /**
   * {@code u64 hrtimer_forward(struct hrtimer *timer, ktime_t now, ktime_t interval)}: moves the
   * expiry by whole intervals, to the first after {@code now}. For a timer that is not queued: from
   * its function, as a rule. On a queued one it warns, and does nothing.
   *
   * @param interval ns; less than {@link #hrtimer_resolution} counts as that
   * @return by how many intervals; 0 if the expiry is after {@code now} already
   */
  public static long hrtimer_forward(Hrtimer timer, long now, long interval) {
    Current current = Current.get();
    return current.kernel.hrtimers.forward(current, timer, now, interval);
  }

  /**
   * {@code u64 hrtimer_forward_now(struct hrtimer *timer, ktime_t interval)}: {@code
   * hrtimer_forward(timer, hrtimer_cb_get_time(timer), interval)}.
   *
   * @return as {@link #hrtimer_forward}
   */
  public static long hrtimer_forward_now(Hrtimer timer, long interval) {
    Current current = Current.get();
    long now = current.kernel.hrtimers.now(current, timer);
    return current.kernel.hrtimers.forward(current, timer, now, interval);
  }

  /**
   * {@code bool hrtimer_active(const struct hrtimer *timer)}.
   *
   * @return whether it is queued or its function runs
   */
  public static boolean hrtimer_active(Hrtimer timer) {
    Current current = Current.get();
    return current.kernel.hrtimers.isActive(current, timer);
  }

  /**
   * {@code bool hrtimer_is_queued(struct hrtimer *timer)}.
   *
   * @return whether it is started and has not begun to run; inside its function false, unless
   *     started again there
   */
  public static boolean hrtimer_is_queued(Hrtimer timer) {
    return (boolean) Hrtimer.__QUEUED.getAcquire(timer);
  }

  /** {@code int hrtimer_callback_running(struct hrtimer *timer)}: whether its function runs. */
  public static boolean hrtimer_callback_running(Hrtimer timer) {
    Current current = Current.get();
    return current.kernel.hrtimers.isRunning(current, timer);
  }

  /**
   * {@code ktime_t hrtimer_get_remaining(const struct hrtimer *timer)}.
   *
   * @return ns until its expiry, started or not; negative when that is past
   */
  public static long hrtimer_get_remaining(Hrtimer timer) {
    Current current = Current.get();
    return timer.__expires - current.kernel.hrtimers.now(current, timer);
  }

  /**
   * {@code ktime_t hrtimer_cb_get_time(struct hrtimer *timer)}: now on the timer's clock.
   *
   * @return ns
   */
  public static long hrtimer_cb_get_time(Hrtimer timer) {
    Current current = Current.get();
    return current.kernel.hrtimers.now(current, timer);
  }

  /**
   * {@code ktime_t hrtimer_get_expires(const struct hrtimer *timer)}: ns on its clock.
   *
   * @return the latest time at which it is to run
   */
  public static long hrtimer_get_expires(Hrtimer timer) {
    return timer.__expires;
  }

  /**
   * {@code s64 hrtimer_get_expires_ns(const struct hrtimer *timer)}: ns on its clock.
   *
   * @return the latest time at which it is to run
   */
  public static long hrtimer_get_expires_ns(Hrtimer timer) {
    return timer.__expires;
  }

  /**
   * {@code ktime_t hrtimer_get_softexpires(const struct hrtimer *timer)}: the earliest time, ns on
   * its clock; differs from {@link #hrtimer_get_expires} by the range.
   *
   * @return the earliest time
   */
  public static long hrtimer_get_softexpires(Hrtimer timer) {
    return timer.__softexpires;
  }

  /**
   * {@code void hrtimer_set_expires(struct hrtimer *timer, ktime_t time)}: for {@link
   * #hrtimer_start_expires}, or in the function. A queued timer is not moved by it.
   */
  public static void hrtimer_set_expires(Hrtimer timer, long time) {
    timer.__expires = time;
    timer.__softexpires = time;
  }

  /**
   * {@code void hrtimer_set_expires_range_ns(struct hrtimer *timer, ktime_t time, u64 delta)}: as
   * {@link #hrtimer_set_expires}, with a range.
   */
  public static void hrtimer_set_expires_range_ns(Hrtimer timer, long time, long deltaNanos) {
    timer.__softexpires = time;
    timer.__expires = Ktime.ktime_add_safe(time, deltaNanos);
  }

  /** {@code void hrtimer_add_expires(struct hrtimer *timer, ktime_t time)}: moves both ends. */
  public static void hrtimer_add_expires(Hrtimer timer, long time) {
    timer.__expires = Ktime.ktime_add_safe(timer.__expires, time);
    timer.__softexpires = Ktime.ktime_add_safe(timer.__softexpires, time);
  }

  /** {@code void hrtimer_add_expires_ns(struct hrtimer *timer, u64 ns)}: moves both ends. */
  public static void hrtimer_add_expires_ns(Hrtimer timer, long nanos) {
    timer.__expires += nanos;
    timer.__softexpires += nanos;
  }

  /**
   * {@code unsigned int hrtimer_resolution}: 1 ns, or a tick if the kernel was booted with {@code
   * highres=off}.
   *
   * @return ns
   */
  public static int hrtimer_resolution() {
    return Current.get().kernel.hrtimers.resolution();
  }
}
