package jiffy.benchmarks.printk;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CyclicBarrier;
import jiffy.benchmarks.report.Forks;
import jiffy.kernel.KernelThread;

/**
 * What a {@link Target} costs. Arguments: its name; how many threads print; how many lines each.
 * Half of the lines warm up. Whoever prints does so on threads such as modules run on, which have
 * room for a kernel's context; peers have no use for it.
 */
final class PrintkMain {
  static final String LINE = "ns/record";
  static final String BYTES = "bytes/record";

  private final CyclicBarrier start;
  private final int lines;
  private final Target target;
  private final double[] nanos;
  private final double[] bytes;

  private PrintkMain(Target target, int writers, int lines) {
    this.target = target;
    this.lines = lines;
    this.start = new CyclicBarrier(writers);
    this.nanos = new double[writers];
    this.bytes = new double[writers];
  }

  /** The fork. */
  public static void main(String[] args) throws Exception {
    int writers = Integer.parseInt(args[1]);
    try (Target target = Target.open(args[0], writers)) {
      PrintkMain main = new PrintkMain(target, writers, Integer.parseInt(args[2]));
      main.run(writers);
      Forks.figure(LINE, mean(main.nanos));
      Forks.figure(BYTES, mean(main.bytes));
    }
    System.exit(0);
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private void run(int writers) throws InterruptedException {
    Thread[] threads = new Thread[writers];
    for (int i = 0; i < writers; i++) {
      int number = i;
      threads[i] = new KernelThread(() -> measure(number), "writer" + i);
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void measure(int number) {
    Target.Writer writer = target.writer();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int round = 0; round < 2; round++) {
      await();
      long bytesBefore = threads.getCurrentThreadAllocatedBytes();
      long begin = System.nanoTime();
      for (int i = 0; i < lines; i++) {
        writer.print(i);
      }
      nanos[number] = (System.nanoTime() - begin) / (double) lines;
      bytes[number] = (threads.getCurrentThreadAllocatedBytes() - bytesBefore) / (double) lines;
    }
  }

  private void await() {
    try {
      start.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
