package jiffy.runtime.context;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Consumer;

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

  /** How the JVM begins to say that two loaders mean different classes by one name. */
  private static final String TWO_CLASSES = "loader constraint violation";

  private final Consumer<String> lines;

  private Oops(Consumer<String> lines) {
    this.lines = lines;
  }

  private static Oops of(KernelLog log, String module) {
    return new Oops(text -> log.print(KernelLog.WARNING, module + ": " + text));
  }

  /**
   * Prints {@code kt: init threw java.lang...}, who ran, and the stack.
   *
   * @param module whose code it was
   * @param what was called: {@code init}, {@code timer timer_callback}
   */
  public static void print(
      KernelLog log, String module, String what, Throwable thrown, Context context) {
    Oops oops = of(log, module);
    log.print(KernelLog.ALERT, module + ": " + what + " threw " + describe(thrown));
    oops.lines.accept(
        "CPU: "
            + context.cpuNumber()
            + " PID: "
            + context.task().pid
            + " Comm: "
            + context.task().comm
            + " Owner: "
            + module);
    if (thrown instanceof LinkageError && describe(thrown).contains(TWO_CLASSES)) {
      oops.lines.accept(
          "Two JARs have a class of that name, and it is passed from one module to the other: leave"
              + " it out of one, and let that one take it from the other");
    }
    oops.stacks(thrown);
  }

  /** What was thrown, the stack and the causes, line by line; of anybody's code, but no oops. */
  public static void printThrown(Consumer<String> lines, Throwable thrown) {
    lines.accept(describe(thrown));
    new Oops(lines).stacks(thrown);
  }

  private void stacks(Throwable thrown) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    Throwable each = thrown;
    for (int depth = 0; each != null && depth < CAUSES && seen.add(each); depth++) {
      if (depth > 0) {
        lines.accept("Caused by: " + describe(each));
      }
      try { // both may be a module's code
        frames(each.getStackTrace());
        each = each.getCause();
      } catch (Throwable e) {
        lines.accept("(no stack: asking for it threw " + e.getClass().getName() + ")");
        each = null;
      }
    }
  }

  /** The frames of a thread that hangs. */
  public static void printStack(KernelLog log, String module, StackTraceElement[] stack) {
    of(log, module).frames(stack);
  }

  private void frames(StackTraceElement[] stack) {
    int end = stack.length;
    for (int i = stack.length - 1; i >= 0 && isPlumbing(stack[i]); i--) {
      end = i;
    }
    int shown = Math.min(end, FRAMES);
    for (int i = 0; i < shown; i++) {
      StackTraceElement frame = stack[i];
      lines.accept(
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
      lines.accept(" ... " + (end - shown) + " more");
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

  /** Its class and its message, which may be computed by the module's code, and fail. */
  public static String describe(Throwable thrown) {
    String type = thrown.getClass().getName();
    try {
      String message = thrown.getMessage();
      return message == null ? type : type + ": " + message;
    } catch (Throwable e) {
      return type + " (its getMessage() threw " + e.getClass().getName() + ")";
    }
  }
}
