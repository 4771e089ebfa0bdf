package jiffy.runtime.time;

import java.util.Locale;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.linux.Timers;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.irq.Softirqs;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * The TIMER softirq: runs the callbacks that are due on a CPU, with its base unlocked meanwhile,
 * and puts right what they leave behind. Called by the CPU's softirq thread.
 */
final class TimerSoftirq implements Softirqs.Handler {
  private final Arch arch;
  private final JiffiesClock clock;
  private final TimerBases bases;
  private final KernelLog log;

  TimerSoftirq(Arch arch, JiffiesClock clock, TimerBases bases, KernelLog log) {
    this.arch = arch;
    this.clock = clock;
    this.bases = bases;
    this.log = log;
  }

  @Override
  public void serve(Context context) {
    Owner before = context.owner();
    for (TimerBase base : bases.ofCpu(context.cpu.number)) {
      if (!run(context, base)) {
        break;
      }
    }
    context.setOwner(before);
  }

  /** Runs what is due on a base. @return false if this thread was given up meanwhile */
  private boolean run(Context context, TimerBase base) {
    base.lock(arch, context);
    base.runner = context;
    do {
      TimerList timer;
      while ((timer = base.nextExpired(arch, context)) != null) {
        expire(context, base, timer);
        if (base.runner != context) {
          base.unlock(); // another thread has taken over
          return false;
        }
      }
    } while (base.wheel.collect(clock.now()));
    base.runner = null;
    base.programNext();
    base.unlock();
    return true;
  }

  /** Calls one timer, with the base unlocked meanwhile. */
  private void expire(Context context, TimerBase base, TimerList timer) {
    TimerFunction function = timer.function;
    Object data = timer.data;
    Origin origin = timer.__origin;
    boolean irqSafe = (timer.__flags & Timers.TIMER_IRQSAFE) != 0;
    if (function == null || origin == null) {
      return; // set up anew while pending, by somebody who holds no lock: nothing to call
    }
    base.begin(timer, origin.owner);
    base.unlock();
    call(context, function, data, origin, irqSafe);
    base.lock(arch, context);
    if (base.runner == context) {
      base.running = null;
    } else {
      base.forgetStuck(timer);
    }
    if (!base.waiters.isEmpty()) {
      base.waiters.wakeAll();
    }
  }

  private void call(
      Context context, TimerFunction function, Object data, Origin origin, boolean irqSafe) {
    int count = context.preemptCount();
    context.setOwner(origin.owner);
    if (irqSafe) {
      context.localIrqSave();
    }
    context.forgetClock();
    try {
      function.call(data);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      Oops.print(log, origin.owner.name, "timer " + origin.function, e, context);
    }
    if (context.preemptCount() != count) {
      log.print(
          KernelLog.WARNING,
          String.format(
              Locale.ROOT,
              "timer: %s preempt leak: %08x -> %08x",
              origin.symbol(),
              count,
              context.preemptCount()));
      context.setPreemptCount(count);
    }
    if (context.irqsDisabled()) {
      context.localIrqEnable();
    }
  }
}
