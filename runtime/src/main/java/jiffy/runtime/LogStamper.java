package jiffy.runtime;

import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.printk.Stamper;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.Stamp;
import jiffy.runtime.time.JiffiesClock;

/** Stamps records with a machine's clocks and the printing context. Thread safe. */
final class LogStamper implements Stamper {
  /*
   * A record needs two clocks, and reading one costs as much as storing the record. So the distance
   * between them is remembered for a while. Not for long: the wall clock is stepped, and after the
   * machine was suspended it has gone on while the other stood still.
   */

  /** How long the distance between the clocks is taken as it was: 10 ms. */
  private static final long REMEMBERED_NANOS = 10_000_000;

  private final Arch arch;
  private final JiffiesClock clock;

  /** Wall clock less time since boot, and the time since boot that it is of. */
  private volatile long distance;

  private volatile long asOf;

  LogStamper(Arch arch, JiffiesClock clock) {
    this.arch = arch;
    this.clock = clock;
    this.asOf = -REMEMBERED_NANOS - 1;
  }

  @Override
  public void stamp(Current current, Stamp stamp) {
    long now = clock.sinceBoot();
    long wall = now + distanceAt(now);
    if (current == null) {
      stamp.set(now, wall, 0, 0, 0, Owner.CORE);
      return;
    }
    Context context = (Context) current;
    int pid = context.task().pid;
    int cpu = context.cpu.number;
    int caller = context.inHandler() ? LogRecord.CPU_CALLER | cpu : pid;
    stamp.set(now, wall, caller, pid, cpu, context.owner());
  }

  private long distanceAt(long now) {
    if (now - asOf > REMEMBERED_NANOS || arch.isSimulated()) {
      distance = arch.wallClock() - now;
      asOf = now;
    }
    return distance;
  }
}
