package jiffy.runtime.context;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.function.Consumer;
import jiffy.kernel.Owner;

/**
 * Reports what a callback of a module threw, with its stack and who answers for it, and goes on.
 *
 * <p>Text only: neither the throwable nor its class is kept. Thread safe.
 */
public final class Oops {
  private final Consumer<String> report;

  /**
   * @param report prints one record, at the level of an emergency that others survive (alert)
   */
  public Oops(Consumer<String> report) {
    this.report = report;
  }

  /**
   * Prints {@code BUG: java.lang.NullPointerException: ... in timer timer_callback [kt]}, who ran
   * and the stack, a record a line.
   *
   * @param where what was called: {@code timer timer_callback [kt]}
   */
  public void print(Context context, String where, Owner owner, Throwable thrown) {
    report.accept("BUG: " + headline(thrown) + " in " + where);
    report.accept(
        String.format(
            Locale.ROOT,
            "CPU: %d PID: %d Comm: %s, preempt_count %08x, module %s",
            context.cpu.number,
            context.task().pid,
            context.task().comm,
            context.preemptCount(),
            owner));
    report.accept("Call Trace:");
    stackOf(thrown).lines().skip(1).filter(Oops::ofInterest).forEach(report);
  }

  private static String headline(Throwable thrown) {
    try {
      return thrown.toString();
    } catch (Throwable inToString) {
      return thrown.getClass().getName(); // a message that cannot be told must not hide the rest
    }
  }

  private static String stackOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    try {
      thrown.printStackTrace(new PrintWriter(text));
    } catch (Throwable inPrint) {
      return "\n (its stack cannot be printed)";
    }
    return text.toString();
  }

  /** The frames below the kernel's own call of the callback say nothing about the module. */
  private static boolean ofInterest(String line) {
    String frame = line.strip();
    return !frame.startsWith("at jiffy.runtime.")
        && !frame.startsWith("at java.base/java.lang.Thread");
  }
}
