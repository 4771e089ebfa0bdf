package jiffy.runtime.time;

import static jiffy.runtime.time.TimerFlags.CPU_MASK;
import static jiffy.runtime.time.TimerFlags.MIGRATING;
import static jiffy.runtime.time.TimerFlags.SETUP_MASK;

import jiffy.kernel.Current;
import jiffy.kernel.Origin;
import jiffy.kernel.TimerOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.irq.Softirqs;
import jiffy.runtime.irq.Vector;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * Jiffies and timers of a kernel: a {@link TimerBase} a CPU, and the protocol by which a timer
 * moves between them.
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class Timekeeping implements TimerOps {
  /*
   * A timer names the base that it belongs to in its flags; the lock of that base guards it. Who wants
   * a timer reads the flags, takes that base's lock, and looks again: lockBase(). A timer goes to the
   * CPU that arms it, unless its callback runs at that moment: then it stays, so that one lock serializes
   * callback and arming, and del_timer_sync() has one place to look. In between two bases the flags
   * say MIGRATING, and others wait:
   *
   *     mod_timer on CPU 1                     anybody
   *     lock(base 0), detach
   *     flags = MIGRATING
   *     unlock(base 0), lock(base 1)           lockBase(): sees MIGRATING, spins
   *     flags = CPU 1
   *     enqueue, unlock(base 1)                lockBase(): takes base 1
   *
   * No thread ever holds two bases.
   *
   * A pending timer's mod_timer does not read the clock: the jiffies that this context read last, in
   * order to compute the expiry, serve. An old value makes the distance look longer, so the bucket can
   * be coarser, never earlier.
   */

  /** How long del_timer_sync waits for a callback that was given up: 5 s. */
  private static final long STUCK_WAIT_NANOS = 5_000_000_000L;

  private final Arch arch;
  private final JiffiesClock clock;
  private final Origins origins;
  private final TimerBase[] bases;
  private final Softirqs softirqs;
  private final KernelLog log;
  private volatile boolean warnedOfPending;

  /**
   * All CPUs' bases, empty; opens the TIMER softirq.
   *
   * @param log gets the reports
   */
  public Timekeeping(
      Arch arch,
      JiffiesClock clock,
      Contexts contexts,
      Origins origins,
      Softirqs softirqs,
      KernelLog log) {
    this.arch = arch;
    this.clock = clock;
    this.origins = origins;
    this.softirqs = softirqs;
    this.log = log;
    this.bases = new TimerBase[contexts.cpus().size()];
    for (Cpu cpu : contexts.cpus()) {
      bases[cpu.number] = new TimerBase(arch, clock, cpu.number, softirqs.clockEvent(cpu.number));
    }
    softirqs.open(Vector.TIMER, new TimerSoftirq(arch, clock, bases, log));
  }

  /** What rmmod asks about timers. */
  public Owned books() {
    return new TimerBooks(this, arch, clock, bases);
  }

  /** The clock behind {@link #jiffies}. */
  public JiffiesClock clock() {
    return clock;
  }

  @Override
  public long jiffies(Current current) {
    Context context = (Context) current;
    long now = clock.now();
    context.lastJiffies = now;
    if (context.hooks != 0) {
      arch.clockRead(context.thread);
    }
    return now;
  }

  private long lastJiffies(Context context) {
    long last = context.lastJiffies;
    return last != 0 ? last : freshJiffies(context);
  }

  private long freshJiffies(Context context) {
    return context.lastJiffies = clock.now();
  }

  @Override
  public void setup(
      Current current, TimerList timer, TimerFunction function, Object data, int flags) {
    Context context = (Context) current;
    if (TimerList.__PREV.getAcquire(timer) != null) {
      requireOurs(context, timer);
      log.print(
          KernelLog.ERR,
          "ODEBUG: init active object type: timer_list, "
              + timer.__origin
              + ": it was pending, and is deactivated");
      delete(current, timer);
    }
    timer.__next = null;
    TimerList.__PREV.setOpaque(timer, null);
    timer.function = function;
    timer.data = data;
    timer.__resolved = null;
    timer.__origin = null;
    TimerList.__FLAGS.setRelease(timer, flags & SETUP_MASK | context.cpu.number);
    if (function != null) {
      resolve(context, timer);
    }
  }

  private void resolve(Context context, TimerList timer) {
    TimerFunction function = timer.function;
    timer.__origin = origins.of(context, function);
    timer.__resolved = function;
  }

  /** Whether the timer may be armed: it has a function, of this kernel, of a module that stays. */
  private boolean mayArm(Context context, TimerList timer) {
    TimerFunction function = timer.function;
    if (function == null) {
      return false;
    }
    if (function != timer.__resolved) {
      requireOurs(context, timer);
      resolve(context, timer);
    }
    requireOurs(context, timer);
    return !timer.__origin.owner.isGoing();
  }

  private static void requireOurs(Context context, TimerList timer) {
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

  @Override
  public void add(Current current, TimerList timer) {
    if (TimerList.__PREV.getAcquire(timer) != null) {
      if (!warnedOfPending) {
        warnedOfPending = true;
        log.print(
            KernelLog.WARNING,
            "timer: add_timer of " + timer.__origin + ", which is pending: ignored; see mod_timer");
      }
      return;
    }
    mod(current, timer, timer.expires);
  }

  @Override
  public int mod(Current current, TimerList timer, long expiresJiffies) {
    Context context = (Context) current;
    if (!mayArm(context, timer)) {
      return 0;
    }
    boolean wasPending = TimerList.__PREV.getAcquire(timer) != null;
    if (wasPending && timer.expires == expiresJiffies) {
      return 1;
    }
    long now = wasPending ? lastJiffies(context) : freshJiffies(context);
    TimerBase base = null;
    boolean migrating = false;
    try {
      base = lockBase(context, timer);
      base.wheel.forward(now);
      int bucket = base.wheel.index(expiresJiffies);
      if (timer.__prev != null && bucket == TimerFlags.bucket(timer) && !base.wheel.isExpiring()) {
        timer.expires = expiresJiffies;
        base.unlock();
        return 1;
      }
      int result = base.wheel.detach(timer) ? 1 : 0;
      if (base.cpu != context.cpu.number && !base.isRunning(timer)) {
        migrating = true;
        timer.__flags |= MIGRATING;
        base.unlock();
        base = null;
        bases[context.cpu.number].lock(arch, context);
        base = bases[context.cpu.number];
        timer.__flags = timer.__flags & ~(CPU_MASK | MIGRATING) | base.cpu;
        migrating = false;
        base.wheel.forward(now);
        bucket = base.wheel.index(expiresJiffies);
      }
      timer.expires = expiresJiffies;
      // Once more under the lock: what the books of rmmod have looked for here must not come after.
      if (!timer.__origin.owner.isGoing()) {
        base.enqueue(timer, bucket);
      }
      base.unlock();
      return result;
    } catch (Throwable e) { // a StackOverflowError of the module's: free it, without a call
      if (migrating) {
        timer.__flags &= ~MIGRATING;
      }
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  /** Takes the lock of the base that the timer belongs to. */
  private TimerBase lockBase(Context context, TimerList timer) {
    for (; ; ) {
      int flags = (int) TimerList.__FLAGS.getAcquire(timer);
      if ((flags & MIGRATING) == 0) {
        TimerBase base = bases[flags & CPU_MASK];
        base.lock(arch, context);
        if ((timer.__flags & (CPU_MASK | MIGRATING)) == base.cpu) { // no call: see RawSpinlock
          return base;
        }
        base.held = 0;
      }
      arch.relax(context.thread);
    }
  }

  @Override
  public int delete(Current current, TimerList timer) {
    if (TimerList.__PREV.getAcquire(timer) == null) {
      return 0;
    }
    requireOurs((Context) current, timer);
    TimerBase base = null;
    try {
      base = lockBase((Context) current, timer);
      boolean was = base.wheel.detach(timer);
      base.unlock();
      return was ? 1 : 0;
    } catch (Throwable e) { // as in mod
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  @Override
  public int deleteSync(Current current, TimerList timer) {
    Context context = (Context) current;
    requireOurs(context, timer);
    for (; ; ) {
      TimerBase runs;
      TimerBase base = null;
      try {
        base = lockBase(context, timer);
        boolean own = base.running == timer && base.runner == context;
        runs = own || !base.isRunning(timer) ? null : base;
        int result = runs == null && base.wheel.detach(timer) ? 1 : 0;
        base.unlock();
        base = null;
        if (runs == null) {
          if (own) {
            warnOfSelf(timer);
          }
          return result;
        }
      } catch (Throwable e) { // as in mod
        if (base != null) {
          base.held = 0;
        }
        throw e;
      }
      awaitCallback(context, runs, timer);
    }
  }

  private void warnOfSelf(TimerList timer) {
    log.print(
        KernelLog.WARNING,
        "timer: del_timer_sync of "
            + timer.__origin
            + " from its own callback would wait for itself: deactivated without waiting");
  }

  private void awaitCallback(Context context, TimerBase base, TimerList timer) {
    base.waiters.await(context.thread, () -> base.running != timer);
    if (base.isStuck(timer)
        && !base.waiters.await(
            context.thread, arch.now() + STUCK_WAIT_NANOS, () -> !base.isStuck(timer))) {
      log.print(
          KernelLog.WARNING,
          "timer: " + timer.__origin + " has not returned and is not waited for any longer");
      base.forgetStuck(timer);
    }
    context.forgetClock();
  }

  /**
   * Gives up the timer callback that runs on the CPU and does not return: it goes to the stuck
   * ones, and a fresh thread serves the CPU's other timers.
   *
   * @return the timer, or null if no callback runs there
   */
  public TimerList giveUp(Context caller, int cpu) {
    TimerBase base = bases[cpu];
    base.lock(arch, caller);
    TimerList stuck = base.running;
    if (stuck != null) { // all under the lock: the callback may return at any moment
      base.giveUp();
      softirqs.evict(cpu);
      base.clockEvent.program(arch.now());
    }
    base.unlock();
    if (stuck != null) {
      log.print(
          KernelLog.ALERT,
          "timer: "
              + stuck.__origin
              + " does not return: given up; CPU "
              + cpu
              + " goes on without it, on a fresh thread");
    }
    return stuck;
  }
}
