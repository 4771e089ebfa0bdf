package jiffy.runtime.irq;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.PreemptCount;

/** The softirqs of a kernel: handlers by vector, a thread a CPU. Thread safe. */
public final class Softirqs {
  /** Serves one vector on one CPU; in softirq context. */
  @FunctionalInterface
  public interface Handler {
    /** Must not sleep. */
    void serve(Context context);
  }

  final Contexts contexts;
  private final SoftirqThread[] threads;
  private final AtomicReferenceArray<Handler> handlers =
      new AtomicReferenceArray<>(Vector.values().length);
  private final AtomicLongArray counts;
  private final KernelLog log;

  /**
   * No handlers, no threads yet.
   *
   * @param log gets the reports
   */
  public Softirqs(Arch arch, Contexts contexts, KernelLog log) {
    this.contexts = contexts;
    this.log = log;
    threads =
        contexts.cpus().stream()
            .map(cpu -> new SoftirqThread(arch, this, cpu))
            .toArray(SoftirqThread[]::new);
    counts = new AtomicLongArray(threads.length * handlers.length());
  }

  /** {@code open_softirq}: before the first raise. */
  public void open(Vector vector, Handler handler) {
    handlers.set(vector.ordinal(), handler);
  }

  /** Nobody serves the vector any more, if it was this handler. */
  void close(Vector vector, Handler handler) {
    handlers.compareAndSet(vector.ordinal(), handler, null);
  }

  /**
   * {@code raise_softirq}: the vector is served on the caller's CPU; by ksoftirqd if a task raised
   * it, or a handler that ksoftirqd runs. What a hard interrupt raises begins when its handler has
   * returned.
   */
  public void raise(Context context, Vector vector) {
    if ((context.preemptCount() & PreemptCount.HARDIRQ_MASK) != 0) {
      context.cpu.raiseAtIrqExit(vector.bit());
      return;
    }
    SoftirqThread thread = threads[context.cpu.number];
    thread.raise(vector, !context.inHandler() || thread.isTired(context));
  }

  /** Has the vector served by the CPU's ksoftirqd. */
  void raiseOn(int cpu, Vector vector) {
    threads[cpu].raise(vector, true);
  }

  /** The CPU's clock event device. */
  public ClockEvent clockEvent(int cpu) {
    return threads[cpu].clockEvent;
  }

  /** How often the vector has been served on the CPU. */
  public long served(int cpu, Vector vector) {
    return counts.get(cpu * handlers.length() + vector.ordinal());
  }

  /**
   * The text of {@code /proc/softirqs}: how often each vector has been served on each CPU, in
   * Linux's format.
   */
  public String table() {
    StringBuilder text = new StringBuilder(" ".repeat(20));
    for (int cpu = 0; cpu < threads.length; cpu++) {
      text.append(String.format(Locale.ROOT, "CPU%-8d", cpu));
    }
    text.append('\n');
    for (Vector vector : Vector.values()) {
      text.append(String.format(Locale.ROOT, "%12s:", vector));
      for (int cpu = 0; cpu < threads.length; cpu++) {
        text.append(String.format(Locale.ROOT, " %10d", served(cpu, vector)));
      }
      text.append('\n');
    }
    return text.toString();
  }

  /** Whether the context, a handler's, still has its CPU: it was not given up. */
  public boolean serves(Context context) {
    return threads[context.cpu.number].isMine(context);
  }

  /**
   * Whether the CPU's thread has had much to do lately, and neither is anything but that vector to
   * be served nor does anybody wait for its pass.
   */
  boolean isBusyWith(int cpu, Vector vector) {
    return threads[cpu].isBusyWith(vector);
  }

  /**
   * Gives up the softirq handler that runs on the CPU and never returns: a fresh thread takes over.
   *
   * @return the context that was given up, or null if no handler runs
   */
  public Context evict(int cpu) {
    return threads[cpu].evict();
  }

  /** Ends all threads that are not stuck in a handler. */
  public void stop() {
    for (SoftirqThread thread : threads) {
      thread.stop();
    }
  }

  Handler handler(Vector vector) {
    Handler handler = handlers.get(vector.ordinal());
    if (handler == null) {
      throw new IllegalStateException("softirq " + vector + " was raised but nobody has opened it");
    }
    return handler;
  }

  void count(int cpu, Vector vector) {
    counts.incrementAndGet(cpu * handlers.length() + vector.ordinal());
  }

  void reportNoThread(Cpu cpu, IllegalStateException e) {
    log.print(
        KernelLog.ALERT,
        "softirq: CPU#"
            + cpu.number
            + " runs no timers until a thread can be had: "
            + e.getMessage());
  }

  void reportThrown(Vector vector, Throwable thrown, Context context) {
    Oops.print(log, context.owner().name, "softirq " + vector, thrown, context);
  }

  /**
   * A handler, or one of the functions that it calls, has changed the count.
   *
   * @param function {@code tasklet_fn [kt] } with a blank, or nothing
   */
  void reportLeak(Vector vector, String function, int before, int after) {
    log.print(
        KernelLog.ERR,
        String.format(
            Locale.ROOT,
            "softirq: huh, entered softirq %d %s %swith preempt_count %08x, exited with %08x?",
            vector.ordinal(),
            vector,
            function,
            before,
            after));
  }
}
