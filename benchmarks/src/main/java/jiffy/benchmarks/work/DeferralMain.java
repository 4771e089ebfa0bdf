package jiffy.benchmarks.work;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import jiffy.benchmarks.report.Forks;

/**
 * What a {@link Deferral} costs when there is much to do: bursts, each of which is awaited; as many
 * again warm up. Arguments: its name; how many pieces are handed over.
 */
final class DeferralMain {
  static final String ITEM = "ns/item";
  static final String BYTES = "bytes/item";

  private DeferralMain() {}

  /** The fork. */
  public static void main(String[] args) {
    Harness.run(() -> measure(args[0], Integer.parseInt(args[1])));
  }

  private static void measure(String name, int pieces) {
    Bursts bursts = new Bursts();
    try (Deferral deferral = Deferral.open(name, Bursts.BURST, index -> bursts.ran())) {
      bursts.hand(deferral, pieces);
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long bytes = threads.getCurrentThreadAllocatedBytes();
      long begin = System.nanoTime();
      int measured = bursts.hand(deferral, pieces);
      long end = System.nanoTime();
      bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
      Forks.figure(ITEM, (end - begin) / (double) measured);
      Forks.figure(BYTES, bytes / (double) measured);
    }
  }
}
