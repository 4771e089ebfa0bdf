package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Ktime.ktime_add_safe;
import static jiffy.runtime.time.HrtimerFlags.BASE_MASK;
import static jiffy.runtime.time.HrtimerFlags.CPU_MASK;
import static jiffy.runtime.time.HrtimerFlags.MIGRATING;
import static jiffy.runtime.time.HrtimerFlags.SOFT;
import static jiffy.runtime.time.HrtimerFlags.isReal;

import jiffy.kernel.Current;
import jiffy.kernel.HrtimerOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.irq.Interrupts;
import jiffy.runtime.irq.Softirqs;
import jiffy.runtime.irq.Vector;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;

/**
 * High-resolution timers of a kernel: two {@link HrtimerBase}s a CPU, hard and soft, and the
 * protocol by which a timer moves between CPUs.
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class Hrtimers implements HrtimerOps {
  /*
   * As with timers (see Timekeeping) the flags of a timer name its base, and the lock of that guards
   * it; lockBase() takes it. A timer goes to the CPU that starts it, unless its callback runs at that
   * moment: then it stays. Between two bases its flags say MIGRATING. No thread ever holds two bases.
   *
   *   hrtimer_start -> HrtimerBase: tree, device
   *                         |  DeadlineEvent, at the first expiry
   *                    interrupt thread, gate's hard side
   *                         |                     |
   *               hard: HrtimerExpiry       soft: raises HRTIMER
   *                                               |
   *                                         softirq thread: HrtimerExpiry
   *
   * On Linux a start in the past interrupts the CPU before the caller's next instruction. Here the
   * caller waits for the interrupt thread to have made a pass, if it may wait at all: letRun().
   *
   * Expiries on the wall clock are compared with that clock itself, not with a remembered distance
   * between the two clocks; a step is noticed by looking once a second (HrtimerClock), or at once by
   * clockWasSet().
   */

  /** What is due so soon has come before the device could be programmed for it. */
  private static final long NEAR_NANOS = 1_000;

  /** How long hrtimer_cancel waits for a callback that was given up: 5 s. */
  private static final long STUCK_WAIT_NANOS = 5_000_000_000L;

  private final Arch arch;
  private final HrtimerClock clock;
  private final HrtimerChecks checks;
  private final HrtimerBase[] hard;
  private final HrtimerBase[] soft;
  private final Softirqs softirqs;
  private final Interrupts interrupts;
  private final KernelLog log;

  /**
   * All CPUs' bases, empty; opens the HRTIMER softirq.
   *
   * @param exact false: they run at ticks only
   * @param log gets the reports
   */
  public Hrtimers(
      Arch arch,
      JiffiesClock ticks,
      Contexts contexts,
      Origins origins,
      Softirqs softirqs,
      Interrupts interrupts,
      boolean exact,
      KernelLog log) {
    this.arch = arch;
    this.clock = new HrtimerClock(arch, ticks, exact);
    this.checks = new HrtimerChecks(origins, log);
    this.softirqs = softirqs;
    this.interrupts = interrupts;
    this.log = log;
    int cpus = contexts.cpus().size();
    this.hard = new HrtimerBase[cpus];
    this.soft = new HrtimerBase[cpus];
    HrtimerExpiry expiry = new HrtimerExpiry(arch, clock, checks, hard, soft, log);
    for (int cpu = 0; cpu < cpus; cpu++) {
      hard[cpu] = new HrtimerBase(arch, clock, cpu, false, interrupts, expiry);
      soft[cpu] =
          new HrtimerBase(
              arch, clock, cpu, true, interrupts, c -> softirqs.raise(c, Vector.HRTIMER));
    }
    softirqs.open(Vector.HRTIMER, expiry);
  }

  /** What rmmod asks about hrtimers. */
  public Owned books() {
    return new HrtimerBooks(this, arch, clock, hard, soft);
  }

  @Override
  public long now(Current current, int clockId) {
    readBy((Context) current);
    return clock.now(clockId);
  }

  @Override
  public long now(Current current, Hrtimer timer) {
    readBy((Context) current);
    return clock.now(isReal(timer));
  }

  @Override
  public long coarse(Current current, int clockId) {
    readBy((Context) current);
    return clock.coarse(clockId);
  }

  private void readBy(Context context) {
    if (context.hooks != 0) {
      arch.clockRead(context.thread);
    }
  }

  @Override
  public int resolution() {
    return clock.resolution();
  }

  /** The wall clock has been stepped: its timers are looked at at once. */
  public void clockWasSet(Context caller) {
    for (HrtimerBase[] bases : new HrtimerBase[][] {hard, soft}) {
      for (HrtimerBase base : bases) {
        base.lock(arch, caller);
        if (base.runner == null && base.tree(true).first() != null) {
          base.program(base.deadline());
        }
        base.unlock();
      }
    }
  }

  @Override
  public void setup(
      Current current, Hrtimer timer, HrtimerFunction function, int clockId, int mode) {
    Context context = (Context) current;
    if ((boolean) Hrtimer.__QUEUED.getAcquire(timer)) {
      HrtimerChecks.requireOurs(context, timer);
      log.print(
          KernelLog.ERR,
          "ODEBUG: init active object type: hrtimer, "
              + timer.__origin
              + ": it was queued, and is deactivated");
      cancelOnce(context, timer, false, true);
    }
    checks.setup(context, timer, function, clockId, mode);
  }

  @Override
  public void start(Current current, Hrtimer timer, long time, long rangeNanos, int mode) {
    Context context = (Context) current;
    if (!checks.mayArm(context, timer, mode)) {
      return;
    }
    HrtimerBase base = null;
    boolean migrating = false;
    long expires;
    long now;
    try {
      base = lockBase(context, timer);
      now = clock.now(isReal(timer));
      long softExpires = (mode & HRTIMER_MODE_REL) != 0 ? ktime_add_safe(time, now) : time;
      expires = rangeNanos == 0 ? softExpires : ktime_add_safe(softExpires, rangeNanos);
      base.dequeue(timer);
      if (base.cpu != context.cpu.number && !base.isRunning(timer)) {
        migrating = true;
        timer.__flags |= MIGRATING;
        HrtimerBase target = baseOf(timer.__flags & ~CPU_MASK | context.cpu.number);
        base.unlock();
        base = null;
        target.lock(arch, context);
        base = target;
        timer.__flags = timer.__flags & ~(CPU_MASK | MIGRATING) | base.cpu;
        migrating = false;
      }
      timer.__softexpires = softExpires;
      timer.__expires = expires;
      // Once more under the lock: what the books of rmmod have looked for here must not come after.
      if (!timer.__origin.owner.isGoing()) {
        base.enqueue(timer);
      }
      base.unlock();
    } catch (Throwable e) { // a StackOverflowError of the module's: free it, without a call
      if (migrating) {
        timer.__flags &= ~MIGRATING;
      }
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
    if (expires <= now + NEAR_NANOS && base.cpu == context.cpu.number) {
      letRun(context, base, Math.max(expires, now) - now);
    }
  }

  /**
   * The timer that was just started is due, or nearly: if the caller may wait, does until it ran.
   */
  private void letRun(Context context, HrtimerBase base, long nanosToGo) {
    if (context.preemptCount() != 0 || context.irqsDisabled() || !clock.isExact()) {
      return;
    }
    arch.delay(context.thread, nanosToGo);
    interrupts.awaitPass(context);
    if (base.soft) {
      context.localBhDisable();
      context.localBhEnable(); // lets the softirq that the interrupt raised run
    }
  }

  private HrtimerBase baseOf(int flags) {
    return ((flags & SOFT) != 0 ? soft : hard)[flags & CPU_MASK];
  }

  /** Takes the lock of the base that the timer belongs to. */
  private HrtimerBase lockBase(Context context, Hrtimer timer) {
    for (; ; ) {
      int flags = (int) Hrtimer.__FLAGS.getAcquire(timer);
      if ((flags & MIGRATING) == 0) {
        HrtimerBase base = baseOf(flags);
        base.lock(arch, context);
        if ((timer.__flags & BASE_MASK) == (flags & BASE_MASK)) { // no call: see RawSpinlock
          return base;
        }
        base.held = 0;
      }
      arch.relax(context.thread);
    }
  }

  @Override
  public int tryToCancel(Current current, Hrtimer timer) {
    return cancelOnce((Context) current, timer, false, false);
  }

  @Override
  public int cancel(Current current, Hrtimer timer) {
    Context context = (Context) current;
    int result = cancelOnce(context, timer, true, false);
    while (result < 0) {
      awaitCallback(context, timer);
      result = cancelOnce(context, timer, true, false);
    }
    return result;
  }

  /**
   * Takes the timer out, unless its callback runs.
   *
   * @param evenFromCallback also if its callback is the caller, who else would wait for itself
   * @param evenRunning also if its callback runs
   * @return 1 if it was queued, 0 if not, -1 if its callback runs
   */
  private int cancelOnce(
      Context context, Hrtimer timer, boolean evenFromCallback, boolean evenRunning) {
    HrtimerChecks.requireOurs(context, timer);
    HrtimerBase base = null;
    try {
      base = lockBase(context, timer);
      boolean own = evenFromCallback && base.running == timer && base.runner == context;
      int result = -1;
      if (own || evenRunning || !base.isRunning(timer)) {
        result = base.dequeue(timer) ? 1 : 0;
      }
      base.unlock();
      base = null;
      if (own) {
        log.print(
            KernelLog.WARNING,
            "hrtimer: hrtimer_cancel of "
                + timer.__origin
                + " from its own callback would wait for itself: deactivated without waiting");
      }
      return result;
    } catch (Throwable e) { // as in start
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  private void awaitCallback(Context context, Hrtimer timer) {
    HrtimerBase base = baseOf((int) Hrtimer.__FLAGS.getAcquire(timer));
    base.waiters.await(context.thread, () -> base.running != timer);
    if (base.isStuck(timer)
        && !base.waiters.await(
            context.thread, arch.now() + STUCK_WAIT_NANOS, () -> !base.isStuck(timer))) {
      log.print(
          KernelLog.WARNING,
          "hrtimer: " + timer.__origin + " has not returned and is not waited for any longer");
      base.waitNoLonger(arch, context, timer);
    }
    context.forgetClock();
  }

  @Override
  public boolean isRunning(Current current, Hrtimer timer) {
    HrtimerChecks.requireOurs((Context) current, timer);
    return baseOf((int) Hrtimer.__FLAGS.getAcquire(timer)).isRunning(timer);
  }

  @Override
  public boolean isActive(Current current, Hrtimer timer) {
    Context context = (Context) current;
    HrtimerChecks.requireOurs(context, timer);
    if ((boolean) Hrtimer.__QUEUED.getAcquire(timer)) {
      return true;
    }
    HrtimerBase base = null;
    try { // locked: between its callback and its being queued again it is neither
      base = lockBase(context, timer);
      boolean active = timer.__queued || base.isRunning(timer);
      base.unlock();
      return active;
    } catch (Throwable e) { // as in start
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  @Override
  public long forward(Current current, Hrtimer timer, long now, long interval) {
    long late = now - timer.__expires;
    if (late < 0) {
      return 0;
    }
    if ((boolean) Hrtimer.__QUEUED.getAcquire(timer)) {
      checks.warnOfForward((Context) current, timer);
      return 0;
    }
    long step = Math.max(interval, clock.resolution());
    long overruns = late / step; // whole intervals that are past
    if (overruns > 0) {
      // Up to now at most: no overflow, where ktime_add_safe takes any negative time for one.
      timer.__expires += step * overruns;
      timer.__softexpires += step * overruns;
      if (timer.__expires > now) {
        return overruns;
      }
    }
    timer.__expires = ktime_add_safe(timer.__expires, step);
    timer.__softexpires = ktime_add_safe(timer.__softexpires, step);
    return overruns + 1;
  }

  /**
   * Gives up the callback that runs on the CPU, in hard or in softirq context, and does not return:
   * it goes to the stuck ones, and a fresh thread serves the CPU's other timers.
   *
   * @return the timer, or null if no callback runs there
   */
  public Hrtimer giveUp(Context caller, int cpu, boolean inSoftirq) {
    HrtimerBase base = (inSoftirq ? soft : hard)[cpu];
    base.lock(arch, caller);
    Hrtimer stuck = base.running;
    if (stuck != null) { // all under the lock: the callback may return at any moment
      base.giveUp();
      if (inSoftirq) {
        softirqs.evict(cpu);
      } else {
        interrupts.evict(cpu);
      }
      base.program(arch.now());
    }
    base.unlock();
    if (stuck != null) {
      log.print(
          KernelLog.ALERT,
          "hrtimer: "
              + stuck.__origin
              + " does not return: given up; CPU "
              + cpu
              + " goes on without it, on a fresh thread");
    }
    return stuck;
  }
}
