package jiffy.benchmarks.sim;

import java.util.Arrays;
import jiffy.benchmarks.report.Forks;

/**
 * What a {@link Subject} costs, in a JVM that has done nothing before, as a test's. Arguments: its
 * name; how many times.
 */
final class SimMain {
  static final String FIRST = "first ms";
  static final String AFTER = "after it, p50 ms";
  static final String THOUSAND = "1,000, s";
  private static final int MANY = 1_000;
  private static final int SINGLY = 100;

  private SimMain() {}

  /** The fork. */
  public static void main(String[] args) throws Exception {
    Subject subject = Subject.of(args[0]);
    int times = Integer.parseInt(args[1]);
    Forks.figure(FIRST, seconds(subject, 1) * 1e3);
    double[] singly = new double[SINGLY];
    for (int i = 0; i < SINGLY; i++) {
      singly[i] = seconds(subject, 1) * 1e3;
    }
    Arrays.sort(singly);
    Forks.figure(AFTER, singly[SINGLY / 2]);
    double scale = (double) MANY / times;
    Forks.figure(THOUSAND, seconds(subject, times) * scale);
    Forks.figure("next 1,000, s", seconds(subject, times) * scale);
    System.exit(0);
  }

  private static double seconds(Subject subject, int times) throws Exception {
    long begin = System.nanoTime();
    subject.run(times);
    return (System.nanoTime() - begin) / 1e9;
  }
}
