package jiffy.runtime.time;

import static jiffy.runtime.time.TimerFlags.CPU_MASK;
import static jiffy.runtime.time.TimerFlags.MIGRATING;
import static jiffy.runtime.time.TimerFlags.SLACK_MASK;
import static jiffy.runtime.time.TimerFlags.SLACK_SHIFT;

import java.util.ArrayList;
import java.util.List;
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
import jiffy.runtime.irq.ClockEvent;
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
   * a timer reads the flags, takes that base's lock, and looks again: TimerBases.lock(). A timer goes to
   * the CPU that arms it, unless its callback runs at that moment: then it stays, so that one lock
   * serializes callback and arming, and del_timer_sync() has one place to look. In between two bases the
   * flags say MIGRATING, and others wait:
   *
   *     mod_timer on CPU 1                     anybody
   *     lock(base 0), detach
   *     flags = MIGRATING
   *     unlock(base 0), lock(base 1)           TimerBases.lock(): sees MIGRATING, spins
   *     flags = CPU 1
   *     enqueue, unlock(base 1)                TimerBases.lock(): takes base 1
   *
   * No thread ever holds two bases. The one change that takes no lock, a push-back in place, is told in
   * TimerWheel.
   *
   * The clock costs more than all the rest of an arming. A pending timer's mod_timer does not read it:
   * the jiffies that this context read last, in order to compute the expiry, serve. Neither does an
   * inactive timer's, for a number of armings after each read and not across a wait or a delay
   * (Context.armingJiffies()). An old value makes the distance look longer, so the bucket can be
   * coarser, never earlier: as if the timer had been armed when the jiffies were read.
   */

  private static final int PENDING_ONLY = 1;
  private static final int REDUCE = 2;

  /** No CPU was asked for: the caller's. */
  private static final int ANY_CPU = -1;

  private final Arch arch;
  private final JiffiesClock clock;
  private final TimerChecks checks;
  private final TimerBases bases;
  private final TimerRemoval removal;
  private final Softirqs softirqs;
  private final KernelLog log;

  /**
   * All CPUs' bases, empty; opens the TIMER softirq.
   *
   * @param wheel the kind of wheel: {@code 6.1} or {@code cascading}
   * @param log gets the reports
   */
  public Timekeeping(
      Arch arch,
      JiffiesClock clock,
      String wheel,
      Contexts contexts,
      Origins origins,
      Softirqs softirqs,
      KernelLog log) {
    this.arch = arch;
    this.clock = clock;
    this.checks = new TimerChecks(origins, log);
    this.softirqs = softirqs;
    this.log = log;
    List<TimerBase> made = new ArrayList<>();
    for (Cpu cpu : contexts.cpus()) {
      for (boolean deferrable : new boolean[] {false, true}) {
        ClockEvent event = softirqs.clockEvent(cpu.number);
        Wheel empty = Wheel.make(wheel, clock.hz, clock.now());
        made.add(new TimerBase(arch, clock, cpu.number, deferrable, event, empty));
      }
    }
    this.bases = new TimerBases(arch, made);
    this.removal = new TimerRemoval(arch, bases, log);
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
    context.clockRead(now);
    if (context.hooks != 0) {
      arch.clockRead(context.thread);
    }
    return now;
  }

  private long lastJiffies(Context context) {
    long last = context.lastJiffies;
    return last != 0 ? last : freshJiffies(context);
  }

  private long armingJiffies(Context context) {
    return context.mayArmByLastRead() ? context.lastJiffies : freshJiffies(context);
  }

  private long freshJiffies(Context context) {
    return context.lastJiffies = clock.now();
  }

  @Override
  public void setup(
      Current current, TimerList timer, TimerFunction function, Object data, int flags) {
    Context context = (Context) current;
    if (TimerList.__PREV.getAcquire(timer) != null) {
      checks.initActive(context, timer);
      delete(current, timer, false);
    }
    checks.setup(context, timer, function, data, flags);
  }

  /**
   * Sets up a timer of the runtime's own, which is not pending.
   *
   * @param origin on whose behalf its function runs
   */
  public void setupOwn(
      Context context,
      TimerList timer,
      TimerFunction function,
      Object data,
      int flags,
      Origin origin) {
    TimerChecks.setup(context, timer, function, data, flags, origin);
  }

  @Override
  public void add(Current current, TimerList timer) {
    if (!checks.warnsOfPending("add_timer", timer)) {
      mod(current, timer, timer.expires);
    }
  }

  @Override
  public void addOn(Current current, TimerList timer, int cpu) {
    Context context = (Context) current;
    if (cpu < 0 || cpu >= bases.cpus()) {
      throw new IllegalArgumentException(
          "add_timer_on: there is no CPU "
              + cpu
              + " for timer "
              + checks.nameOf(context, timer)
              + "; this kernel has CPUs 0 to "
              + (bases.cpus() - 1)
              + " (boot parameter nr_cpus)");
    }
    if (!checks.warnsOfPending("add_timer_on", timer) && checks.mayArm(context, timer)) {
      modify(context, timer, timer.expires, freshJiffies(context), 0, cpu);
    }
  }

  @Override
  public int mod(Current current, TimerList timer, long expiresJiffies) {
    Context context = (Context) current;
    if (!checks.mayArm(context, timer)) {
      return 0;
    }
    if (TimerList.__PREV.getAcquire(timer) == null) {
      return modify(context, timer, expiresJiffies, armingJiffies(context), 0, ANY_CPU);
    }
    if (timer.expires == expiresJiffies) {
      return 1;
    }
    long now = lastJiffies(context);
    int flags = (int) TimerList.__FLAGS.getAcquire(timer);
    if ((flags & (CPU_MASK | SLACK_MASK | MIGRATING)) == context.cpu.number
        && bases.of(flags).wheel.pushBack(timer, flags, expiresJiffies, now)) {
      return 1;
    }
    return modify(context, timer, expiresJiffies, now, 0, ANY_CPU);
  }

  @Override
  public int modPending(Current current, TimerList timer, long expiresJiffies) {
    return modifyIf(current, timer, expiresJiffies, PENDING_ONLY);
  }

  @Override
  public int reduce(Current current, TimerList timer, long expiresJiffies) {
    return modifyIf(current, timer, expiresJiffies, REDUCE);
  }

  private int modifyIf(Current current, TimerList timer, long expiresJiffies, int condition) {
    Context context = (Context) current;
    return checks.mayArm(context, timer)
        ? modify(context, timer, expiresJiffies, freshJiffies(context), condition, ANY_CPU)
        : 0;
  }

  /**
   * Arms the timer, under the lock of its base, then of its new one. @return whether it was pending
   */
  private int modify(
      Context context, TimerList timer, long expires, long now, int condition, int onCpu) {
    TimerBase base = null;
    boolean owned = false;
    try {
      base = bases.lock(context, timer);
      boolean was = timer.__prev != null;
      if (was) {
        TimerBase.own(arch, context, timer);
      } else { // nobody pushes it back: MIGRATING is for who looks for its base
        timer.__flags |= MIGRATING;
      }
      owned = true;
      if (refuses(timer, was, expires, condition)) {
        TimerBase.release(timer);
        owned = false;
        base.unlock();
        return was && timer.function != null ? 1 : 0;
      }
      base.wheel.forward(now);
      int bucket = base.wheel.locate(expires, timer.__flags);
      if (was) {
        if (onCpu == ANY_CPU && base.wheel.staysIn(bucket, timer.__flags)) {
          timer.expires = expires;
          timer.__flags = TimerFlags.filed(timer.__flags, bucket, base.wheel.target);
          TimerBase.release(timer);
          owned = false;
          base.unlock();
          return 1;
        }
        base.wheel.detach(timer);
      }
      int cpu = onCpu != ANY_CPU ? onCpu : base.isRunning(timer) ? base.cpu : context.cpu.number;
      if (base.cpu != cpu) {
        base.unlock();
        base = null;
        TimerBase next = bases.of(timer.__flags, cpu);
        next.lock(arch, context);
        base = next;
        timer.__flags = timer.__flags & ~CPU_MASK | cpu;
        base.wheel.forward(now);
        bucket = base.wheel.locate(expires, timer.__flags);
      }
      timer.expires = expires;
      // Once more under the lock: what the books of rmmod have looked for here must not come after.
      if (!timer.__origin.owner.isGoing()) {
        base.enqueue(timer, bucket);
      }
      TimerBase.release(timer);
      owned = false;
      base.unlock();
      return was ? 1 : 0;
    } catch (Throwable e) { // a StackOverflowError of the module's: free both, without a call
      if (owned) {
        timer.__flags &= ~MIGRATING;
      }
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  /** Whether, seen under the lock, there is nothing to do. */
  private static boolean refuses(TimerList timer, boolean pending, long expires, int condition) {
    return timer.function == null
        || condition == PENDING_ONLY && (!pending || timer.expires == expires)
        || condition == REDUCE && pending && timer.expires - expires <= 0;
  }

  @Override
  public void setSlack(Current current, TimerList timer, int slackJiffies) {
    Context context = (Context) current;
    TimerChecks.requireOurs(context, timer);
    int slack = Slack.code(slackJiffies) << SLACK_SHIFT;
    TimerBase base = null;
    boolean owned = false;
    try {
      base = bases.lock(context, timer);
      TimerBase.own(arch, context, timer);
      owned = true;
      timer.__flags = timer.__flags & ~SLACK_MASK | slack;
      TimerBase.release(timer);
      owned = false;
      base.unlock();
    } catch (Throwable e) { // as in modify
      if (owned) {
        timer.__flags &= ~MIGRATING;
      }
      if (base != null) {
        base.held = 0;
      }
      throw e;
    }
  }

  @Override
  public int delete(Current current, TimerList timer, boolean shutdown) {
    return removal.delete((Context) current, timer, shutdown);
  }

  @Override
  public int tryDelete(Current current, TimerList timer) {
    return removal.tryDelete((Context) current, timer);
  }

  @Override
  public int deleteSync(Current current, TimerList timer, boolean shutdown) {
    return removal.deleteSync((Context) current, timer, shutdown);
  }

  /**
   * Gives up the timer callback that runs on the CPU and does not return: it goes to the stuck
   * ones, and a fresh thread serves the CPU's other timers.
   *
   * @return the timer, or null if no callback runs there
   */
  public TimerList giveUp(Context caller, int cpu) {
    for (TimerBase base : bases.ofCpu(cpu)) {
      base.lock(arch, caller);
      TimerList stuck = base.running;
      if (stuck != null) { // all under the lock: the callback may return at any moment
        base.giveUp();
        softirqs.evict(cpu);
        base.programNow(arch.now());
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
        return stuck;
      }
    }
    return null;
  }
}
