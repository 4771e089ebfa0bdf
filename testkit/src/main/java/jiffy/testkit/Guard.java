package jiffy.testkit;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import jiffy.runtime.Simulation;

/**
 * Watches whether a simulated machine gets on: it does not while who runs blocks outside the
 * kernel, loops without calling it, or waits for the system's clock, which virtual time does not
 * move.
 *
 * <p>On a busy machine nothing may get on for seconds, and nobody is to blame: so what counts is
 * the time for which the culprit was seen to wait, and the processor's time that it has used.
 */
final class Guard {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  /** What one look adds at most for a thread that waits. */
  private static final long LOOK_NANOS = 200_000_000L;

  /** Native calls of these wait for somebody else, though the JVM calls their thread runnable. */
  private static final List<String> INPUT = List.of("java.net.", "sun.nio.", "java.io.");

  private final Thread body;
  private final Simulation simulation;
  private final long patienceNanos;
  private Thread culprit;
  private long progress;
  private long lookedAt;
  private long processorNanos;
  private long idleNanos;

  /**
   * @param body runs the test; the culprit if no other thread of the machine runs
   * @param patienceNanos for how long a thread may go on without calling the kernel
   */
  Guard(Thread body, Simulation simulation, long patienceNanos) {
    this.patienceNanos = patienceNanos;
    this.body = body;
    this.simulation = simulation;
    begin(body, simulation.progress());
  }

  private void begin(Thread suspect, long now) {
    culprit = suspect;
    progress = now;
    idleNanos = 0;
    lookedAt = System.nanoTime();
    processorNanos = processorNanos(suspect);
  }

  /**
   * Looks; several times a second.
   *
   * @throws StalledTestError if it has not got on for that long
   */
  void look() {
    Thread suspect = simulation.runningThread().orElse(body);
    long now = simulation.progress();
    if (now != progress || suspect != culprit) {
      begin(suspect, now);
      return;
    }
    StackTraceElement[] stack = culprit.getStackTrace();
    Thread.State state = culprit.getState();
    if (isBuilding(stack)) {
      begin(suspect, now);
      return;
    }
    long time = System.nanoTime();
    long used = processorNanos(culprit);
    boolean waits = state != Thread.State.RUNNABLE || waitsForInput(stack);
    idleNanos += Math.min(waits ? LOOK_NANOS : used - processorNanos, time - lookedAt);
    lookedAt = time;
    processorNanos = used;
    if (idleNanos >= patienceNanos) {
      throw new StalledTestError(
          "thread '"
              + culprit.getName()
              + "' has not called the kernel for "
              + patienceNanos / 1_000_000_000
              + " s of real time: it "
              + reason(waits, stack)
              + " It is left to itself. Its stack:\n"
              + text(stack),
          stack);
    }
  }

  /** Without a measure of that: the time of day. */
  private static long processorNanos(Thread thread) {
    long nanos = THREADS.isThreadCpuTimeSupported() ? THREADS.getThreadCpuTime(thread.getId()) : -1;
    return nanos < 0 ? System.nanoTime() : nanos;
  }

  private static boolean waitsForInput(StackTraceElement[] stack) {
    return stack.length > 0
        && stack[0].isNativeMethod()
        && INPUT.stream().anyMatch(stack[0].getClassName()::startsWith);
  }

  /** Compiling a module takes its time on a busy machine, and ends. */
  private static boolean isBuilding(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .anyMatch(frame -> frame.getClassName().equals(ModuleJar.class.getName()));
  }

  private static String reason(boolean waits, StackTraceElement[] stack) {
    String clock = SystemClock.readIn(stack);
    if (clock != null) {
      return "reads the system's clock ("
          + clock
          + "), which does not move with virtual time: use jiffies(), ktime_get() or"
          + " machine.clock().";
    }
    return waits
        ? "waits outside the kernel, where virtual time does not pass: use msleep(), wait_event()"
            + " or machine.scheduler()."
        : "loops; call cpu_relax() or wait in the kernel.";
  }

  private static String text(StackTraceElement[] stack) {
    StringBuilder text = new StringBuilder();
    Arrays.stream(stack)
        .limit(20)
        .forEach(frame -> text.append("    at ").append(frame).append('\n'));
    return text.toString();
  }
}
