package jiffy.runtime.context;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import jiffy.kernel.OwnedLoader;
import jiffy.runtime.arch.Arch;

/**
 * Reports of what must not be, in Linux's words: what happened, the modules, who, the stack; taint
 * W. Then the kernel goes on.
 *
 * <p>Any context, thread safe. The stack shows the API's functions and whatever is not the JDK's or
 * the runtime's: {@code tfn (Crash.java:12) [crash]}.
 */
public final class Splat {
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /** The letters of the taint bits, from bit 0 on; a G stands for no P. */
  private static final String TAINT_LETTERS = "PFSRMBUDAWCIOELKXTN";

  private static final long TAINT_WARN = 1L << 9;
  private static final int FRAMES = 32;

  /** The JDK's, of what is no module's. */
  private static final Set<String> HOST_LOADERS = Set.of("app", "platform");

  /** {@code might_sleep} speaks at most once in this time: 1 s. */
  private static final long MIGHT_SLEEP_NANOS = 1_000_000_000L;

  private final Arch arch;
  private final KernelLog log;
  private final String release;
  private final AtomicLong quietUntil = new AtomicLong(Long.MIN_VALUE);
  private volatile LongSupplier tainted = () -> 0;
  private volatile LongConsumer taint = bits -> {};
  private volatile Supplier<String> modules = () -> "";

  /**
   * A reporter that knows of no module yet.
   *
   * @param log gets the reports
   * @param release the kernel's version
   */
  public Splat(Arch arch, KernelLog log, String release) {
    this.arch = arch;
    this.log = log;
    this.release = release;
  }

  /**
   * Set once, at boot: what the module room knows.
   *
   * @param tainted the kernel's taint mask
   * @param taint adds bits to it
   * @param modules {@code a(OE) b(OE+)}
   */
  public void bind(LongSupplier tainted, LongConsumer taint, Supplier<String> modules) {
    this.tainted = tainted;
    this.taint = taint;
    this.modules = modules;
  }

  /** {@code BUG: scheduling while atomic}. @param count with the one that schedule() itself adds */
  public void schedulingWhileAtomic(Context context, int count) {
    log.print(
        KernelLog.ERR,
        String.format(Locale.ROOT, "BUG: scheduling while atomic: %s/0x%08x", context, count));
    printModules();
    dumpStack(context);
    taint.accept(TAINT_WARN);
  }

  /** {@code might_sleep()}: reports a context that is atomic or has interrupts off. */
  public void mightSleep(Context context) {
    if (context.preemptCount() == 0 && !context.irqsDisabled()) {
      return;
    }
    long now = arch.now();
    long until = quietUntil.get();
    if (now < until || !quietUntil.compareAndSet(until, now + MIGHT_SLEEP_NANOS)) {
      return;
    }
    log.print(KernelLog.ERR, "BUG: sleeping function called from invalid context at " + site());
    log.print(
        KernelLog.ERR,
        String.format(
            Locale.ROOT,
            "in_atomic(): %d, irqs_disabled(): %d, non_block: 0, pid: %d, name: %s",
            context.preemptCount() != 0 ? 1 : 0,
            context.irqsDisabled() ? 1 : 0,
            context.task().pid,
            context.task().comm));
    log.print(
        KernelLog.ERR,
        String.format(Locale.ROOT, "preempt_count: %x, expected: 0", context.preemptCount()));
    log.print(KernelLog.ERR, "RCU nest depth: 0, expected: 0");
    dumpStack(context);
    taint.accept(TAINT_WARN);
  }

  /** {@code WARN(1, text)}. */
  public void warn(Context context, String text) {
    warn(context, () -> log.print(KernelLog.WARNING, text));
  }

  /** {@code WARN_ON(1)}. */
  public void warn(Context context) {
    warn(context, () -> {});
  }

  /** {@code WARN(1, ...)}. @param say prints the text */
  public void warn(Context context, Runnable say) {
    log.print(KernelLog.WARNING, "------------[ cut here ]------------");
    say.run();
    log.print(
        KernelLog.WARNING,
        "WARNING: CPU: " + context.cpuNumber() + " PID: " + context.task().pid + " at " + place());
    printModules();
    dumpStack(context);
    log.print(KernelLog.WARNING, "---[ end trace 0000000000000000 ]---");
    taint.accept(TAINT_WARN); // the stack's own line is of what was before
  }

  private void printModules() {
    String linked = modules.get();
    log.print(KernelLog.WARNING, "Modules linked in:" + (linked.isEmpty() ? "" : " " + linked));
  }

  /** {@code dump_stack()}: who runs, and the calling thread's stack. */
  public void dumpStack(Context context) {
    log.print(
        KernelLog.WARNING,
        "CPU: "
            + context.cpuNumber()
            + " PID: "
            + context.task().pid
            + " Comm: "
            + context.task().comm
            + " "
            + taintText(tainted.getAsLong())
            + " "
            + release
            + " #1");
    log.print(KernelLog.WARNING, "Call Trace:");
    String kind = context.inHandler() ? "IRQ" : "TASK";
    log.print(KernelLog.WARNING, " <" + kind + ">");
    for (String frame : frames()) {
      log.print(KernelLog.WARNING, " " + frame);
    }
    log.print(KernelLog.WARNING, " </" + kind + ">");
  }

  /** {@code print_tainted()}: {@code Not tainted} or {@code Tainted: G W OE }. */
  public static String taintText(long mask) {
    if (mask == 0) {
      return "Not tainted";
    }
    StringBuilder text = new StringBuilder("Tainted: ");
    for (int bit = 0; bit < TAINT_LETTERS.length(); bit++) {
      boolean isSet = (mask >> bit & 1) != 0;
      text.append(isSet ? TAINT_LETTERS.charAt(bit) : bit == 0 ? 'G' : ' ');
    }
    return text.toString();
  }

  /** Another thread's stack, as this shows its own: {@code tfn (Crash.java:12) [crash]}. */
  public static List<String> frames(StackTraceElement[] stack) {
    List<String> lines = new ArrayList<>();
    for (StackTraceElement frame : stack) {
      boolean isHidden = frame.getFileName() == null; // how the JVM calls a lambda
      if (!isHidden && isShown(frame.getClassName()) && lines.size() < FRAMES) {
        String loader = frame.getClassLoaderName();
        boolean isHosts = loader == null || HOST_LOADERS.contains(loader);
        lines.add(
            frame.getMethodName()
                + " ("
                + frame.getFileName()
                + ":"
                + frame.getLineNumber()
                + ")"
                + (isHosts ? "" : " [" + loader + "]"));
      }
    }
    return lines;
  }

  private static List<String> frames() {
    return STACK.walk(
        frames -> frames.filter(Splat::isShown).limit(FRAMES).map(Splat::symbol).toList());
  }

  /** {@code tfn (Crash.java:12) [crash]}. */
  private static String site() {
    return caller().map(Splat::symbol).orElse("(unknown)");
  }

  /** {@code Crash.java:12 tfn [crash]}. */
  private static String place() {
    return caller()
        .map(f -> f.getFileName() + ":" + f.getLineNumber() + " " + f.getMethodName() + module(f))
        .orElse("(unknown)");
  }

  private static Optional<StackFrame> caller() {
    return STACK.walk(
        frames ->
            frames
                .filter(f -> isShown(f) && !f.getClassName().startsWith("jiffy.linux."))
                .findFirst());
  }

  private static boolean isShown(StackFrame frame) {
    return isShown(frame.getClassName());
  }

  private static boolean isShown(String type) {
    return !type.startsWith("jiffy.runtime.")
        && !type.startsWith("jiffy.kernel.")
        && !type.startsWith("java.")
        && !type.startsWith("jdk.internal.");
  }

  private static String symbol(StackFrame frame) {
    String where = frame.getFileName() + ":" + frame.getLineNumber();
    return frame.getMethodName() + " (" + where + ")" + module(frame);
  }

  /** {@code [crash]}, or nothing. */
  private static String module(StackFrame frame) {
    ClassLoader loader = frame.getDeclaringClass().getClassLoader();
    return loader instanceof OwnedLoader owned ? " [" + owned.owner().name + "]" : "";
  }
}
