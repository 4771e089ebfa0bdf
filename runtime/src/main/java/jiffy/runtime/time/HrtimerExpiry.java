package jiffy.runtime.time;

import java.util.Locale;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.irq.Interrupts;
import jiffy.runtime.irq.Softirqs;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import jiffy.types.HrtimerRestart;

/**
 * The hrtimer interrupt and the HRTIMER softirq: run the callbacks that are due on a CPU, with its
 * base unlocked meanwhile, and put right what they leave behind. Called by the CPU's interrupt
 * thread and softirq thread.
 */
final class HrtimerExpiry implements Interrupts.Handler, Softirqs.Handler {
  /*
   * A round takes the time, and runs what is due at it and was queued before; so a timer that restarts
   * itself without moving its expiry, or arms others in the past, has one run a round, and what it
   * overtakes by its early expiry waits for no more than that (see HrtimerBase.enqueue).
   *
   * If after ROUNDS something is due again, the CPU pauses for as long as the rounds took: others get
   * to their gate, and the softirqs that were raised are not starved. Linux does that too, and calls
   * it "hrtimer: interrupt took ... ns".
   */

  private static final int ROUNDS = 4;
  private static final long LEAST_PAUSE_NANOS = 10_000;
  private static final long LONGEST_PAUSE_NANOS = 100_000_000;

  private final Arch arch;
  private final HrtimerClock clock;
  private final HrtimerChecks checks;
  private final HrtimerBase[] hard;
  private final HrtimerBase[] soft;
  private final KernelLog log;

  HrtimerExpiry(
      Arch arch,
      HrtimerClock clock,
      HrtimerChecks checks,
      HrtimerBase[] hard,
      HrtimerBase[] soft,
      KernelLog log) {
    this.arch = arch;
    this.clock = clock;
    this.checks = checks;
    this.hard = hard;
    this.soft = soft;
    this.log = log;
  }

  @Override
  public String label() {
    return "hrtimer interrupt";
  }

  @Override
  public void handle(Context context) {
    run(context, hard[context.cpu.number]);
  }

  @Override
  public void serve(Context context) {
    run(context, soft[context.cpu.number]);
  }

  private void run(Context context, HrtimerBase base) {
    long began = arch.now();
    base.lock(arch, context);
    base.runner = context;
    for (int round = 0; round < ROUNDS && base.isDue(); round++) {
      runDue(context, base, false);
      runDue(context, base, true);
    }
    if (base.runner == context) { // else given up meanwhile: another thread has taken over
      base.runner = null;
      programNext(base, began);
    }
    base.unlock();
  }

  private void programNext(HrtimerBase base, long began) {
    long now = arch.now();
    long next = base.deadline();
    if (next <= now) {
      next = now + Math.min(Math.max(now - began, LEAST_PAUSE_NANOS), LONGEST_PAUSE_NANOS);
    }
    base.program(next);
  }

  /** One clock's part of a round. Locked, but while callbacks run. */
  private void runDue(Context context, HrtimerBase base, boolean real) {
    HrtimerTree tree = base.tree(real);
    Hrtimer timer = tree.first();
    if (timer == null) {
      return;
    }
    long now = clock.now(real);
    long end = tree.nextOrder();
    while (base.runner == context && timer != null && timer.__due <= now && timer.__order < end) {
      tree.remove(timer);
      expire(context, base, timer);
      timer = tree.first();
    }
  }

  /** Calls one timer, with the base unlocked meanwhile. */
  private void expire(Context context, HrtimerBase base, Hrtimer timer) {
    HrtimerFunction function = timer.function;
    Origin origin = timer.__origin;
    if (function == null || origin == null) {
      return; // set up anew while queued, by somebody who holds no lock: nothing to call
    }
    base.begin(timer, origin.owner);
    base.unlock();
    boolean restart = call(context, function, timer, origin) && checks.mayRestart(context, timer);
    base.lock(arch, context);
    if (base.runner == context) {
      if (restart && base.owns(timer) && !timer.__queued && !isGoing(timer)) {
        base.enqueue(timer);
      }
      base.running = null;
    } else {
      base.forgetStuck(timer);
    }
    if (!base.waiters.isEmpty()) {
      base.waiters.wakeAll();
    }
  }

  private static boolean isGoing(Hrtimer timer) {
    Origin origin = timer.__origin;
    return origin == null || origin.owner.isGoing();
  }

  /** Returns whether the callback wants the timer started again. */
  private boolean call(Context context, HrtimerFunction function, Hrtimer timer, Origin origin) {
    int count = context.preemptCount();
    boolean irqsOff = context.irqsDisabled();
    Owner before = context.setOwner(origin.owner);
    context.forgetClock();
    HrtimerRestart restart = HrtimerRestart.HRTIMER_NORESTART;
    try {
      restart = function.call(timer);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      Oops.print(log, origin.owner.name, "hrtimer " + origin.function, e, context);
    }
    context.setOwner(before);
    if (context.preemptCount() != count) {
      log.print(
          KernelLog.WARNING,
          String.format(
              Locale.ROOT,
              "hrtimer: %s preempt leak: %08x -> %08x",
              origin.symbol(),
              count,
              context.preemptCount()));
      context.setPreemptCount(count);
    }
    if (irqsOff && !context.irqsDisabled()) {
      log.print(KernelLog.WARNING, "WARNING: hrtimer: " + origin.symbol() + " enabled interrupts");
      context.localIrqSave();
    } else if (!irqsOff) {
      context.localIrqEnable();
    }
    return restart == HrtimerRestart.HRTIMER_RESTART;
  }
}
