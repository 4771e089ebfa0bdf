package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.Embedded;
import jiffy.types.TimerCallback;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * {@code linux/timer.h}: call a function at a jiffy.
 *
 * <p>A timer runs in softirq context on the CPU that armed it, once per arming. It never runs
 * early; it runs at the start of the jiffy after {@code expires} when that is less than 63 jiffies
 * away, and up to an eighth of the distance later when it is farther (the granule of its level in
 * the wheel). Past expiries run in the next jiffy, never inside the call that arms. With the boot
 * parameter {@code timer_wheel=cascading} it runs in the jiffy {@code expires}. Re-armed from its
 * callback it stays on its CPU; it runs although the task that armed it is gone.
 *
 * <p>Contexts: any for all but {@link #del_timer_sync} and {@link #timer_shutdown_sync}, which wait
 * for a callback: these are not for a hard interrupt, which may have interrupted the callback and
 * is warned, unless the timer is {@link #TIMER_IRQSAFE}. All are thread safe; set-up is the
 * caller's to order. A timer set up by one kernel and used by another throws an {@link
 * IllegalStateException} that names both.
 */
public final class Timers {
  /**
   * The timer does not wake an idle CPU: it fires when the CPU is awake for something else, a
   * timer, a tasklet, and so may be late by as long as that sleeps.
   */
  public static final int TIMER_DEFERRABLE = 0x00080000;

  /**
   * Stays on the CPU that arms it; here every timer does, so it changes nothing. On Linux another
   * timer may go to a busy CPU when its own is idle.
   */
  public static final int TIMER_PINNED = 0x00100000;

  /** The callback runs with interrupts disabled. */
  public static final int TIMER_IRQSAFE = 0x00200000;

  private Timers() {}

  /**
   * {@code void init_timer(struct timer_list *timer)}: makes it ready for use; {@code function},
   * {@code data} and {@code expires} are then set as fields. One that is pending is reported
   * ({@code ODEBUG: init active}) and deactivated. (Linux up to 4.14; seed 000.)
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
   * {@code void timer_setup_on_stack(struct timer_list *timer, void (*callback)(struct timer_list
   * *), unsigned int flags)}: as {@link #timer_setup}; for symmetry with {@link
   * #destroy_timer_on_stack}, since Java has no objects on the stack.
   */
  public static void timer_setup_on_stack(TimerList timer, TimerCallback callback, int flags) {
    timer_setup(timer, callback, flags);
  }

  /** {@code void destroy_timer_on_stack(struct timer_list *timer)}: it is not used any more. */
  public static void destroy_timer_on_stack(TimerList timer) {
    // Linux tells its debug objects; ours are found by the garbage collector.
  }

  /**
   * {@code DEFINE_TIMER(_name, _function)}: a timer that is set up where it is defined. Needs no
   * kernel context: for static fields.
   */
  public static TimerList DEFINE_TIMER(TimerCallback function) {
    TimerList timer = new TimerList();
    timer.function = function;
    timer.data = timer;
    return timer;
  }

  /**
   * {@code DEFINE_TIMER(_name, _function, _expires, _data)}: the same with an expiry, for {@code
   * add_timer}. (Linux up to 4.14.)
   */
  public static TimerList DEFINE_TIMER(TimerFunction function, long expiresJiffies, Object data) {
    return TIMER_INITIALIZER(function, expiresJiffies, data);
  }

  /**
   * {@code TIMER_INITIALIZER(_function, _expires, _data)}: a timer with these fields. Needs no
   * kernel context: for static fields. (Linux up to 4.14.)
   */
  public static TimerList TIMER_INITIALIZER(
      TimerFunction function, long expiresJiffies, Object data) {
    TimerList timer = new TimerList();
    timer.function = function;
    timer.expires = expiresJiffies;
    timer.data = data;
    return timer;
  }

  /**
   * {@code from_timer(var, callback_timer, timer_fieldname)}: the object that the timer is a field
   * of. The timer has been made by {@link TimerList#in}: C finds the object by the field's offset.
   *
   * @param type the object's class
   * @return that object
   * @throws IllegalArgumentException if it is not a field of such an object
   */
  public static <T> T from_timer(Class<T> type, TimerList timer) {
    Object container = timer instanceof Embedded ? ((Embedded) timer).__container() : null;
    if (!type.isInstance(container)) {
      throw new IllegalArgumentException(
          "from_timer: the timer is in "
              + (container == null ? "no object" : "a " + container.getClass().getName())
              + ", not in a "
              + type.getName()
              + ": make it with 'TimerList timer = TimerList.in(this);'");
    }
    return type.cast(container);
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
   * {@code void add_timer_on(struct timer_list *timer, int cpu)}: as {@link #add_timer}, on that
   * CPU.
   *
   * @throws IllegalArgumentException if there is no such CPU
   */
  public static void add_timer_on(TimerList timer, int cpu) {
    Current current = Current.get();
    current.kernel.timers.addOn(current, timer, cpu);
  }

  /**
   * {@code int mod_timer(struct timer_list *timer, unsigned long expires)}: arms it for {@code
   * expires}, pending or not; equivalent to {@code del_timer(timer); timer.expires = expires;
   * add_timer(timer);} but in one step.
   *
   * @param expiresJiffies absolute, in jiffies
   * @return 0 if it was inactive, 1 if it was pending (1 is no error); 0 too if it is not armed: it
   *     has no function, or its module goes
   */
  public static int mod_timer(TimerList timer, long expiresJiffies) {
    Current current = Current.get();
    return current.kernel.timers.mod(current, timer, expiresJiffies);
  }

  /**
   * {@code int mod_timer_pinned(struct timer_list *timer, unsigned long expires)}: {@link
   * #mod_timer}, and the timer stays on this CPU, as every timer does here. (Linux 2.6.31 to 4.7;
   * later {@link #TIMER_PINNED}.)
   */
  public static int mod_timer_pinned(TimerList timer, long expiresJiffies) {
    return mod_timer(timer, expiresJiffies);
  }

  /**
   * {@code int mod_timer_pending(struct timer_list *timer, unsigned long expires)}: {@link
   * #mod_timer}, but an inactive timer stays inactive.
   *
   * @param expiresJiffies absolute, in jiffies
   * @return 1 if it was pending and has the new expiry, 0 if it was inactive and is
   */
  public static int mod_timer_pending(TimerList timer, long expiresJiffies) {
    Current current = Current.get();
    return current.kernel.timers.modPending(current, timer, expiresJiffies);
  }

  /**
   * {@code int timer_reduce(struct timer_list *timer, unsigned long expires)}: {@link #mod_timer},
   * but a pending timer is never pushed back.
   *
   * @param expiresJiffies absolute, in jiffies
   * @return 0 if it was inactive, and is armed now; 1 if it was pending, and expires then or
   *     earlier
   */
  public static int timer_reduce(TimerList timer, long expiresJiffies) {
    Current current = Current.get();
    return current.kernel.timers.reduce(current, timer, expiresJiffies);
  }

  /**
   * {@code void set_timer_slack(struct timer_list *timer, int slack_hz)}: how much later than its
   * expiry the timer may run, from the next arming on. (Linux 2.6.35 to 4.7.)
   *
   * @param slackJiffies -1, the default: as the wheel has it. n: in [expires, expires + n], also
   *     where the wheel is coarser; 0: in the jiffy {@code expires}. Timers with slack that expire
   *     near each other tend to share a jiffy.
   */
  public static void set_timer_slack(TimerList timer, int slackJiffies) {
    Current current = Current.get();
    current.kernel.timers.setSlack(current, timer, slackJiffies);
  }

  /**
   * {@code int del_timer(struct timer_list *timer)}: deactivates it. Does not wait for a callback
   * that runs on another CPU.
   *
   * @return 1 if it was pending, 0 if it was not
   */
  public static int del_timer(TimerList timer) {
    Current current = Current.get();
    return current.kernel.timers.delete(current, timer, false);
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
    return current.kernel.timers.deleteSync(current, timer, false);
  }

  /** {@code del_singleshot_timer_sync(timer)}: the older name of {@link #del_timer_sync}. */
  public static int del_singleshot_timer_sync(TimerList timer) {
    return del_timer_sync(timer);
  }

  /**
   * {@code int try_to_del_timer_sync(struct timer_list *timer)}: deactivates it unless its callback
   * runs. Does not wait: any context.
   *
   * @return 1 if it was pending, 0 if it was not; -1 if its callback runs, here or on another CPU:
   *     then nothing has changed
   */
  public static int try_to_del_timer_sync(TimerList timer) {
    Current current = Current.get();
    return current.kernel.timers.tryDelete(current, timer);
  }

  /**
   * {@code int timer_shutdown(struct timer_list *timer)}: {@link #del_timer}, and it cannot be
   * armed any more until it is set up again: arming does nothing, without a warning.
   *
   * @return 1 if it was pending, 0 if it was not
   */
  public static int timer_shutdown(TimerList timer) {
    Current current = Current.get();
    return current.kernel.timers.delete(current, timer, true);
  }

  /**
   * {@code int timer_shutdown_sync(struct timer_list *timer)}: {@link #del_timer_sync} and {@link
   * #timer_shutdown}: also a callback that arms the timer again is got rid of.
   *
   * @return 1 if it was pending, 0 if it was not
   */
  public static int timer_shutdown_sync(TimerList timer) {
    Current current = Current.get();
    return current.kernel.timers.deleteSync(current, timer, true);
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
