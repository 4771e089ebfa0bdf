package jiffy.testkit;

import java.util.Arrays;
import jiffy.runtime.Simulation;

/**
 * Watches whether a simulated machine gets on: it does not while who runs blocks outside the
 * kernel, loops without calling it, or waits for the system's clock, which virtual time does not
 * move.
 */
final class Guard {
  private final Thread body;
  private final Simulation simulation;
  private final long patienceNanos;
  private long seen;
  private long since;

  /**
   * @param body runs the test; the culprit if no other thread of the machine runs
   * @param patienceNanos of real time
   */
  Guard(Thread body, Simulation simulation, long patienceNanos) {
    this.patienceNanos = patienceNanos;
    this.body = body;
    this.simulation = simulation;
    this.seen = simulation.progress();
    this.since = System.nanoTime();
  }

  /**
   * Looks; from time to time.
   *
   * @throws StalledTestError if it has not got on for that long
   */
  void look() {
    long progress = simulation.progress();
    long now = System.nanoTime();
    if (progress != seen) {
      seen = progress;
      since = now;
    } else if (now - since >= patienceNanos) {
      Thread culprit = simulation.runningThread().orElse(body);
      StackTraceElement[] stack = culprit.getStackTrace();
      if (isBuilding(stack)) {
        since = now;
        return;
      }
      throw new StalledTestError(
          "thread '"
              + culprit.getName()
              + "' has not called the kernel for "
              + patienceNanos / 1_000_000_000
              + " s of real time: it "
              + reason(culprit.getState(), stack)
              + " It is left to itself. Its stack:\n"
              + text(stack),
          stack);
    }
  }

  /** Compiling a module takes its time on a busy machine, and ends. */
  private static boolean isBuilding(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .anyMatch(frame -> frame.getClassName().equals(ModuleJar.class.getName()));
  }

  private static String reason(Thread.State state, StackTraceElement[] stack) {
    String clock = SystemClock.readIn(stack);
    if (clock != null) {
      return "reads the system's clock ("
          + clock
          + "), which does not move with virtual time: use jiffies(), ktime_get() or"
          + " machine.clock().";
    }
    return state == Thread.State.RUNNABLE
        ? "loops; call cpu_relax() or wait in the kernel."
        : "waits outside the kernel, where virtual time does not pass: use msleep(), wait_event()"
            + " or machine.scheduler().";
  }

  private static String text(StackTraceElement[] stack) {
    StringBuilder text = new StringBuilder();
    Arrays.stream(stack)
        .limit(20)
        .forEach(frame -> text.append("    at ").append(frame).append('\n'));
    return text.toString();
  }
}
