package jiffy.benchmarks.work;

import jiffy.kernel.KernelThread;

/**
 * Runs a fork's measurement. Who hands over, to ours and to the peers alike, is a thread as a
 * kernel's tasks are: it finds its context in a field. (A foreign thread that is attached looks
 * into a {@code ThreadLocal}.)
 */
final class Harness {
  private Harness() {}

  /** Runs it and ends the JVM; with status 1 if it throws. */
  static void run(Runnable measurement) {
    Thread thread =
        new KernelThread(
            () -> {
              measurement.run();
              System.exit(0);
            },
            "hands over");
    thread.setUncaughtExceptionHandler(
        (t, e) -> {
          e.printStackTrace();
          System.exit(1);
        });
    thread.start();
  }
}
