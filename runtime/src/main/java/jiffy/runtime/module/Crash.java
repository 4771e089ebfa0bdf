package jiffy.runtime.module;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import jiffy.runtime.context.Context;

/**
 * Prints what a hook threw, as text: nothing keeps the throwable, which would keep its class.
 *
 * <p>A record a line: what was thrown, by whom, the module's frames, the causes.
 */
final class Crash {
  private static final int FRAMES = 32;
  private static final int CAUSES = 8;
  private static final String OURS = "jiffy.runtime.";

  private final KernelLog log;
  private final String module;

  private Crash(KernelLog log, String module) {
    this.log = log;
    this.module = module;
  }

  /**
   * @param hook {@code init} or {@code exit}
   */
  static void print(KernelLog log, String module, String hook, Throwable thrown, Context context) {
    Crash crash = new Crash(log, module);
    log.print(KernelLog.ALERT, module + ": " + hook + " threw " + describe(thrown));
    crash.line(
        "CPU: "
            + context.cpuNumber()
            + " PID: "
            + context.task().pid
            + " Comm: "
            + context.task().comm
            + " Owner: "
            + module);
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable each = thrown;
    for (int depth = 0; each != null && depth < CAUSES && seen.add(each); depth++) {
      if (depth > 0) {
        crash.line("Caused by: " + describe(each));
      }
      crash.frames(each.getStackTrace());
      each = each.getCause();
    }
  }

  /** The frames of a thread that hangs. */
  static void printStack(KernelLog log, String module, StackTraceElement[] stack) {
    new Crash(log, module).frames(stack);
  }

  private void line(String text) {
    log.print(KernelLog.WARNING, module + ": " + text);
  }

  private void frames(StackTraceElement[] stack) {
    int end = stack.length;
    for (int i = stack.length - 1; i >= 0 && isPlumbing(stack[i]); i--) {
      end = i;
    }
    int shown = Math.min(end, FRAMES);
    for (int i = 0; i < shown; i++) {
      StackTraceElement frame = stack[i];
      line(
          " at "
              + frame.getClassName()
              + "."
              + frame.getMethodName()
              + "("
              + (frame.getFileName() == null ? "" : frame.getFileName())
              + (frame.getLineNumber() > 0 ? ":" + frame.getLineNumber() : "")
              + ")");
    }
    if (shown < end) {
      line(" ... " + (end - shown) + " more");
    }
  }

  /** How the hook was called is of no interest. */
  private static boolean isPlumbing(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.startsWith(OURS)
        || type.startsWith("java.")
        || type.startsWith("jdk.internal.")
        || type.startsWith("jiffy.kernel.")
        || type.startsWith("org.pf4j.")
        || type.startsWith("org.junit.")
        || type.startsWith("org.apache.maven.");
  }

  /** A message may be computed by the module's code, and fail. */
  private static String describe(Throwable thrown) {
    String type = thrown.getClass().getName();
    try {
      String message = thrown.getMessage();
      return message == null ? type : type + ": " + message;
    } catch (Throwable e) {
      return type + " (its getMessage() threw " + e.getClass().getName() + ")";
    }
  }
}
