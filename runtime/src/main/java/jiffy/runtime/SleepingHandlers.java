package jiffy.runtime;

import jiffy.runtime.context.Context;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.irq.Interrupts;
import jiffy.runtime.irq.Softirqs;
import jiffy.runtime.irq.Tasklets;
import jiffy.runtime.time.Hrtimers;
import jiffy.runtime.time.Timekeeping;

/**
 * What becomes of a handler that goes to sleep: its CPU goes on without it, on a fresh thread, as
 * if the watchdog had given it up; what it runs for counts as running until it returns.
 */
final class SleepingHandlers {
  private final Timekeeping timekeeping;
  private final Hrtimers hrtimers;
  private final Tasklets tasklets;
  private final Softirqs softirqs;
  private final Interrupts interrupts;

  SleepingHandlers(
      Timekeeping timekeeping,
      Hrtimers hrtimers,
      Tasklets tasklets,
      Softirqs softirqs,
      Interrupts interrupts) {
    this.timekeeping = timekeeping;
    this.hrtimers = hrtimers;
    this.tasklets = tasklets;
    this.softirqs = softirqs;
    this.interrupts = interrupts;
  }

  /**
   * The context is a handler's, and its own thread calls. If it was given up before, then the CPU,
   * and what runs there now, are not its any more.
   */
  void leaveCpu(Context context) {
    int cpu = context.cpuNumber();
    if ((context.preemptCount() & PreemptCount.HARDIRQ_MASK) != 0) {
      if (interrupts.serves(context) && hrtimers.giveUp(context, cpu, false) == null) {
        interrupts.evict(cpu);
      }
    } else if (softirqs.serves(context)
        && timekeeping.giveUp(context, cpu) == null
        && hrtimers.giveUp(context, cpu, true) == null
        && tasklets.giveUp(context, cpu) == null) {
      softirqs.evict(cpu);
    }
  }
}
