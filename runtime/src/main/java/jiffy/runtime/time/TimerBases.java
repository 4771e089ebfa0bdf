package jiffy.runtime.time;

import static jiffy.runtime.time.TimerFlags.CPU_MASK;
import static jiffy.runtime.time.TimerFlags.MIGRATING;

import java.util.List;
import jiffy.linux.Timers;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.types.TimerList;

/**
 * All CPUs' timer bases, and the way from a timer to the one that it belongs to.
 *
 * <p>Thread safe.
 */
final class TimerBases {
  private static final int DEFERRABLE_SHIFT =
      Integer.numberOfTrailingZeros(Timers.TIMER_DEFERRABLE);

  /** As long as these flags stay, and MIGRATING is not among them, the base is the timer's. */
  private static final int NAMES_BASE = CPU_MASK | Timers.TIMER_DEFERRABLE | MIGRATING;

  private final Arch arch;
  private final int cpus;

  /** By CPU, the usual one first, then the one for deferrable timers. */
  private final TimerBase[] bases;

  /**
   * @param bases by CPU, two each: the usual one, the one for deferrable timers
   */
  TimerBases(Arch arch, List<TimerBase> bases) {
    this.arch = arch;
    this.cpus = bases.size() / 2;
    this.bases = bases.toArray(new TimerBase[0]);
  }

  int cpus() {
    return cpus;
  }

  /** The base that the flags name. */
  TimerBase of(int flags) {
    return bases[(flags & CPU_MASK) * 2 + (flags >>> DEFERRABLE_SHIFT & 1)];
  }

  /** The base of another CPU for a timer with these flags. */
  TimerBase of(int flags, int cpu) {
    return of(flags & ~CPU_MASK | cpu);
  }

  /** The usual base of a CPU, and the one for its deferrable timers. */
  List<TimerBase> ofCpu(int cpu) {
    return List.of(bases[2 * cpu], bases[2 * cpu + 1]);
  }

  /** Takes the lock of the base that the timer belongs to. */
  TimerBase lock(Context context, TimerList timer) {
    for (; ; ) {
      int flags = (int) TimerList.__FLAGS.getAcquire(timer);
      if ((flags & MIGRATING) == 0) {
        TimerBase base = of(flags);
        base.lock(arch, context);
        if (((timer.__flags ^ flags) & NAMES_BASE) == 0) { // no call: see RawSpinlock
          return base;
        }
        base.held = 0;
      }
      arch.relax(context.thread);
    }
  }

  /**
   * The base on which the timer's callback runs, or null. That need not be the timer's: {@code
   * add_timer_on} moves a timer away from its own callback.
   */
  TimerBase running(TimerList timer) {
    for (TimerBase base : bases) {
      if (base.isRunning(timer)) {
        return base;
      }
    }
    return null;
  }

  /** Every base, in the order of CPUs. */
  List<TimerBase> all() {
    return List.of(bases);
  }
}
