package jiffy.runtime.mm;

import static jiffy.linux.Slab.__GFP_DIRECT_RECLAIM;
import static jiffy.linux.Slab.__GFP_NOFAIL;
import static jiffy.linux.Slab.__GFP_NOWARN;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Splat;
import jiffy.runtime.printk.RateLimit;

/**
 * Makes allocations fail: {@code failslab=INTERVAL,PROBABILITY,SPACE,TIMES}, step by step as
 * Linux's {@code should_failslab}. The chances are the same in each boot. Thread safe.
 */
final class FailSlab {
  /** A probability is one of so many. */
  private static final int PERCENT = 100;

  /** Ten reports in 5 s. */
  private static final long REPORT_NANOS = 5_000_000_000L;

  private static final int REPORTS = 10;

  /** Steps of a SplitMix64 generator. */
  private static final long GOLDEN = 0x9e3779b97f4a7c15L;

  private final Arch arch;
  private final KernelLog log;
  private final Splat splat;
  private final FaultAttributes attributes;
  private final AtomicInteger space;
  private final AtomicInteger times;
  private final AtomicLong count = new AtomicLong();
  private final AtomicLong random = new AtomicLong();
  private final RateLimit limit = new RateLimit(REPORT_NANOS, REPORTS);

  FailSlab(Arch arch, KernelLog log, Splat splat, FaultAttributes attributes) {
    this.arch = arch;
    this.log = log;
    this.splat = splat;
    this.attributes = attributes;
    this.space = new AtomicInteger(attributes.space());
    this.times = new AtomicInteger(attributes.times());
  }

  /** Whether this allocation is to fail. Says so. */
  boolean shouldFail(Context context, long size, int gfp) {
    if (attributes.probability() == 0 || (gfp & (__GFP_NOFAIL | __GFP_DIRECT_RECLAIM)) != 0) {
      return false;
    }
    if (times.get() == 0) {
      return false;
    }
    if (space.getAndUpdate(left -> left > size ? (int) (left - size) : left) > size) {
      return false;
    }
    if (attributes.interval() > 1 && count.incrementAndGet() % attributes.interval() != 0) {
      return false;
    }
    if (attributes.probability() <= draw()) {
      return false;
    }
    if ((gfp & __GFP_NOWARN) == 0) {
      report(context);
    }
    return times.getAndUpdate(left -> left > 0 ? left - 1 : left) != 0;
  }

  private int draw() {
    long z = random.addAndGet(GOLDEN);
    z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
    return (int) Long.remainderUnsigned(z ^ z >>> 31, PERCENT);
  }

  private void report(Context context) {
    if (limit.acquire(arch.now()) == RateLimit.SUPPRESSED) {
      return;
    }
    log.print(
        KernelLog.NOTICE,
        String.format(
            Locale.ROOT,
            "FAULT_INJECTION: forcing a failure.\n"
                + "name failslab, interval %d, probability %d, space %d, times %d",
            attributes.interval(),
            attributes.probability(),
            space.get(),
            times.get()));
    splat.dumpStack(context);
  }
}
