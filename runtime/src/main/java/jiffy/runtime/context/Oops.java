package jiffy.runtime.context;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * Prints what a module's code threw, as text: nothing keeps the throwable, which would keep its
 * class.
 *
 * <p>A record a line: what was thrown, by whom, the module's frames, the causes. Then the kernel
 * goes on.
 */
public final class Oops {
  private static final int FRAMES = 32;
  private static final int CAUSES = 8;
  private static final String OURS = "jiffy.";

  private final KernelLog log;
  private final String module;

  private Oops(KernelLog log, String module) {
    this.log = log;
    this.module = module;
  }

  /**
   * Prints {@code kt: init threw java.lang...}, who ran, and the stack.
   *
   * @param module whose code it was
   * @param what was called: {@code init}, {@code timer timer_callback}
   */
  public static void print(
      KernelLog log, String module, String what, Throwable thrown, Context context) {
    Oops oops = new Oops(log, module);
    log.print(KernelLog.ALERT, module + ": " + what + " threw " + describe(thrown));
    oops.line(
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
        oops.line("Caused by: " + describe(each));
      }
      try { // both may be a module's code
        oops.frames(each.getStackTrace());
        each = each.getCause();
      } catch (Throwable e) {
        oops.line("(no stack: asking for it threw " + e.getClass().getName() + ")");
        each = null;
      }
    }
  }

  /** The frames of a thread that hangs. */
  public static void printStack(KernelLog log, String module, StackTraceElement[] stack) {
    new Oops(log, module).frames(stack);
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

  /** How the code was called is of no interest. */
  private static boolean isPlumbing(StackTraceElement frame) {
    String type = frame.getClassName();
    return type.startsWith(OURS)
        || type.startsWith("java.")
        || type.startsWith("jdk.internal.")
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
