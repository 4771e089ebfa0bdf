package jiffy.runtime.arch;

import java.util.ArrayList;
import java.util.List;

/** What a simulation says of itself when it cannot go on. */
final class SimReport {
  /** So many frames say where a thread waits. */
  private static final int FRAMES = 12;

  private SimReport() {}

  /** A thread that does not give the baton back. */
  static String stalled(SimThread holder, long nanos, long now) {
    StringBuilder text = new StringBuilder();
    text.append("thread '")
        .append(holder.name)
        .append("' has run for ")
        .append(nanos / 1_000_000)
        .append(" ms of real time without calling the kernel: it loops, or waits for")
        .append(" something outside of it; at ")
        .append(now)
        .append(" ns of virtual time");
    for (StackTraceElement frame : stack(holder)) {
      text.append("\n    at ").append(frame);
    }
    return text.toString();
  }

  /** Nobody can ever run. Threads that serve the kernel, and merely idle, are only named. */
  static String deadlock(List<SimThread> threads, long now) {
    StringBuilder text = new StringBuilder();
    text.append("nothing can ever run again: all threads wait and none has a deadline; at ")
        .append(now)
        .append(" ns of virtual time; parked: ")
        .append(threads.stream().filter(thread -> thread.parked).map(t -> t.name).toList());
    appendStacks(text, threads.stream().filter(thread -> thread.parked).toList(), "waits");
    return text.toString();
  }

  /** The policy has had enough. */
  static String endless(List<SimThread> threads, long now) {
    StringBuilder text = new StringBuilder();
    text.append("the run does not end: given up at ").append(now).append(" ns of virtual time");
    appendStacks(text, threads, "is");
    return text.toString();
  }

  private static void appendStacks(StringBuilder text, List<SimThread> threads, String does) {
    for (SimThread thread : threads) {
      List<StackTraceElement> frames = framesOfInterest(stack(thread));
      if (!frames.isEmpty()) {
        text.append("\n  '").append(thread.name).append("' ").append(does);
        for (StackTraceElement frame : frames) {
          text.append("\n    at ")
              .append(frame.getClassName())
              .append('.')
              .append(frame.getMethodName())
              .append('(')
              .append(frame.getFileName())
              .append(':')
              .append(frame.getLineNumber())
              .append(')');
        }
      }
    }
  }

  /** Neither the kernel's own nor the JDK's, and nothing of how a test's method was called. */
  private static List<StackTraceElement> framesOfInterest(StackTraceElement[] stack) {
    List<StackTraceElement> frames = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (name.startsWith("org.junit.") || frames.size() == FRAMES) {
        break;
      }
      if (!isMachinery(name)) {
        frames.add(frame);
      }
    }
    return frames;
  }

  private static boolean isMachinery(String name) {
    return name.startsWith("jiffy.runtime.")
        || name.startsWith("java.")
        || name.startsWith("jdk.")
        || name.contains("$$Lambda");
  }

  private static StackTraceElement[] stack(SimThread thread) {
    Thread javaThread = thread.javaThread();
    return javaThread == null ? new StackTraceElement[0] : javaThread.getStackTrace();
  }
}
