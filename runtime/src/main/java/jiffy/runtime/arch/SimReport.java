package jiffy.runtime.arch;

import java.util.List;

/** What a simulation says of itself when it cannot go on. */
final class SimReport {
  /** Frames that say where a thread waits, from the first that is not the kernel's own on. */
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
    for (SimThread thread : threads) {
      StackTraceElement[] stack = stack(thread);
      int first = 0;
      while (first < stack.length && isMachinery(stack[first])) {
        first++;
      }
      if (!thread.parked || first == stack.length) {
        continue;
      }
      text.append("\n  '").append(thread.name).append("' waits");
      for (int i = first; i < Math.min(stack.length, first + FRAMES); i++) {
        text.append("\n    at ").append(stack[i]);
      }
    }
    return text.toString();
  }

  private static boolean isMachinery(StackTraceElement frame) {
    String name = frame.getClassName();
    return name.startsWith("jiffy.runtime.")
        || name.startsWith("java.")
        || name.startsWith("jdk.")
        || name.startsWith("sun.");
  }

  private static StackTraceElement[] stack(SimThread thread) {
    Thread javaThread = thread.javaThread();
    return javaThread == null ? new StackTraceElement[0] : javaThread.getStackTrace();
  }
}
