package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.TimerCallback;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * {@code linux/timer.h}: call a function at a jiffy.
 *
 * <p>A timer runs in softirq context on the CPU that armed it, once per arming. It never runs
 * early; it runs at the start of the jiffy after {@code expires} when that is less than 63 jiffies
 * away, and up to an eighth of the distance later when it is farther (the granule of its level in
 * the wheel). Past expiries run in the next jiffy, never inside the call that arms. Any context may
 * call these but {@link #del_timer_sync}. All are thread safe; set-up is the caller's to order.
 */
public final class Timers {
  /** The timer does not wake an idle CPU: it may fire late by as long as that sleeps. */
  public static final int TIMER_DEFERRABLE = 0x00080000;

  /** Stays on its CPU. */
  public static final int TIMER_PINNED = 0x00100000;

  /** The callback runs with interrupts disabled. */
  public static final int TIMER_IRQSAFE = 0x00200000;

  private Timers() {}

  /**
   * {@code void init_timer(struct timer_list *timer)}: makes it ready for use; {@code function},
   * {@code data} and {@code expires} are then set as fields. (Linux up to 4.14; seed 000.)
   */
  public static void init_timer(TimerList timer) {
    Current current = Current.get();
    current.kernel.timers.setup(current, timer, null, null, 0);
  }

  /**
   * {@code void setup_timer(struct timer_list *timer, void (*function)(unsigned long), unsigned
   * long data)}: {@link #init_timer} and both fields. (Linux up to 4.14.)
   */
  public static void setup_timer(TimerList timer, TimerFunction function, Object data) {
    Current current = Current.get();
    current.kernel.timers.setup(current, timer, function, data, 0);
  }

  /**
   * {@code void timer_setup(struct timer_list *timer, void (*callback)(struct timer_list *),
   * unsigned int flags)}: makes it ready for use; the callback gets the timer.
   *
   * @param flags 0 or an or of {@link #TIMER_DEFERRABLE}, {@link #TIMER_PINNED}, {@link
   *     #TIMER_IRQSAFE}
   */
  public static void timer_setup(TimerList timer, TimerCallback callback, int flags) {
    Current current = Current.get();
    current.kernel.timers.setup(current, timer, callback, timer, flags);
  }

  /**
   * {@code void add_timer(struct timer_list *timer)}: arms it for {@code timer.expires}.
   *
   * <p>A timer that is pending already is left as it is, with one warning a boot. A timer without
   * function is left alone.
   */
  public static void add_timer(TimerList timer) {
    Current current = Current.get();
    current.kernel.timers.add(current, timer);
  }

  /**
   * {@code int mod_timer(struct timer_list *timer, unsigned long expires)}: arms it for {@code
   * expires}, pending or not; equivalent to {@code del_timer(timer); timer.expires = expires;
   * add_timer(timer);} but in one step.
   *
   * @param expiresJiffies absolute, in jiffies
   * @return 0 if it was inactive, 1 if it was pending (1 is no error)
   */
  public static int mod_timer(TimerList timer, long expiresJiffies) {
    Current current = Current.get();
    return current.kernel.timers.mod(current, timer, expiresJiffies);
  }

  /**
   * {@code int del_timer(struct timer_list *timer)}: deactivates it. Does not wait for a callback
   * that runs on another CPU.
   *
   * @return 1 if it was pending, 0 if it was not
   */
  public static int del_timer(TimerList timer) {
    Current current = Current.get();
    return current.kernel.timers.delete(current, timer);
  }

  /**
   * {@code int del_timer_sync(struct timer_list *timer)}: deactivates it and waits until its
   * callback runs nowhere. Not from the callback itself (warns, deactivates, returns at once), and
   * not while holding a lock that the callback takes.
   *
   * @return 1 if it was pending, 0 if it was not
   */
  public static int del_timer_sync(TimerList timer) {
    Current current = Current.get();
    return current.kernel.timers.deleteSync(current, timer);
  }

  /**
   * {@code int timer_pending(const struct timer_list *timer)}.
   *
   * @return whether it is armed and has not begun to run; inside its own callback false, unless
   *     armed again there
   */
  public static boolean timer_pending(TimerList timer) {
    return TimerList.__PREV.getAcquire(timer) != null;
  }

  /**
   * {@code unsigned long __round_jiffies(unsigned long j, int cpu)}: about a full second, so that
   * timers that need no exact time fire together and wake the CPU once. Three jiffies apart for
   * each CPU, so that not all wake at once.
   *
   * @param j absolute, in jiffies
   * @return down if less than a quarter of a second is over, else up; j itself if that is not to
   *     come any more
   */
  public static long __round_jiffies(long j, int cpu) {
    return rounded(j, cpu, false);
  }

  /**
   * {@code unsigned long __round_jiffies_relative(unsigned long j, int cpu)}: as {@link
   * #__round_jiffies}, for jiffies from now.
   */
  public static long __round_jiffies_relative(long j, int cpu) {
    long now = Jiffies.jiffies();
    return rounded(j + now, cpu, false) - now;
  }

  /**
   * {@code unsigned long round_jiffies(unsigned long j)}: {@link #__round_jiffies} on this CPU.
   *
   * @param j absolute, in jiffies
   */
  public static long round_jiffies(long j) {
    return rounded(j, Current.get().cpuNumber(), false);
  }

  /**
   * {@code unsigned long round_jiffies_relative(unsigned long j)}: {@link #round_jiffies} for
   * jiffies from now.
   */
  public static long round_jiffies_relative(long j) {
    return __round_jiffies_relative(j, Current.get().cpuNumber());
  }

  /**
   * {@code unsigned long __round_jiffies_up(unsigned long j, int cpu)}: as {@link
   * #__round_jiffies}, but never down.
   */
  public static long __round_jiffies_up(long j, int cpu) {
    return rounded(j, cpu, true);
  }

  /**
   * {@code unsigned long __round_jiffies_up_relative(unsigned long j, int cpu)}: as {@link
   * #__round_jiffies_up}, for jiffies from now.
   */
  public static long __round_jiffies_up_relative(long j, int cpu) {
    long now = Jiffies.jiffies();
    return rounded(j + now, cpu, true) - now;
  }

  /**
   * {@code unsigned long round_jiffies_up(unsigned long j)}: {@link #__round_jiffies_up} on this
   * CPU.
   */
  public static long round_jiffies_up(long j) {
    return rounded(j, Current.get().cpuNumber(), true);
  }

  /**
   * {@code unsigned long round_jiffies_up_relative(unsigned long j)}: {@link #round_jiffies_up} for
   * jiffies from now.
   */
  public static long round_jiffies_up_relative(long j) {
    return __round_jiffies_up_relative(j, Current.get().cpuNumber());
  }

  private static long rounded(long j, int cpu, boolean up) {
    int hz = Jiffies.HZ();
    long skewed = j + cpu * 3L;
    long over = Long.remainderUnsigned(skewed, hz);
    long second = skewed - over + (over < hz / 4 && !up ? 0 : hz) - cpu * 3L;
    return Jiffies.time_is_after_jiffies(second) ? second : j;
  }
}
