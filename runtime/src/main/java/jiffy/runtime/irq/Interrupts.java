package jiffy.runtime.irq;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;

/**
 * Hard interrupts of a kernel: an interrupt thread a CPU, made at first use, that runs handlers in
 * hard interrupt context: preempt_count 0x00010001, interrupts disabled, current swapper/N.
 *
 * <p>Two ways in: {@link #raise} runs a handler once, as soon as it can; a {@link DeadlineEvent}
 * runs its handler at a time. A handler waits for tasks that have interrupts disabled on the CPU,
 * never for a softirq handler. What it raises as softirq counts as raised by an interrupt. Thread
 * safe.
 */
public final class Interrupts {
  /** What an interrupt does; in hard interrupt context. */
  @FunctionalInterface
  public interface Handler {
    /** Must not sleep. What it throws is printed as an oops. */
    void handle(Context context);

    /** Names it in reports: {@code hrtimer}, {@code irq 4}. */
    default String label() {
      return "interrupt";
    }
  }

  final Contexts contexts;
  private final List<InterruptThread> threads = new ArrayList<>();
  private final KernelLog log;

  /**
   * No thread yet.
   *
   * @param spinNanos before a deadline the thread spins for so long instead of being parked; 0:
   *     never
   * @param log gets the reports
   */
  public Interrupts(Arch arch, Contexts contexts, long spinNanos, KernelLog log) {
    this.contexts = contexts;
    this.log = log;
    for (Cpu cpu : contexts.cpus()) {
      threads.add(new InterruptThread(arch, this, cpu, arch.isSimulated() ? 0 : spinNanos));
    }
  }

  /**
   * Runs the handler once on the CPU, as soon as its tasks allow; handlers run in the order in
   * which they were raised. Any context may raise, for any CPU; it does not wait: see {@link
   * #awaitPass}.
   */
  public void raise(int cpu, Handler handler) {
    threads.get(cpu).raise(handler);
  }

  /**
   * A further clock event device for the CPU. At boot, before its first use.
   *
   * @param handler what runs when its time has come
   */
  public DeadlineEvent event(int cpu, Handler handler) {
    return threads.get(cpu).addEvent(handler);
  }

  /**
   * On Linux an interrupt that is due runs before the next instruction of the task that caused it.
   * So: waits until everything that was raised on the caller's CPU, or was due there, before this
   * call has run. A caller that is atomic, has interrupts disabled or serves one itself does not
   * wait; it has made sure only that the thread is awake.
   */
  public void awaitPass(Context caller) {
    boolean waits = caller.preemptCount() == 0 && !caller.irqsDisabled();
    if (waits) {
      threads.get(caller.cpu.number).awaitPass(caller);
      caller.forgetClock();
    }
  }

  /** How many passes over what is due the CPU's thread has made. */
  public long passes(int cpu) {
    return threads.get(cpu).passes();
  }

  /** Whether the context, a handler's, still has its CPU: it was not given up. */
  public boolean serves(Context context) {
    return threads.get(context.cpu.number).isMine(context);
  }

  /**
   * Gives up the handler that runs on the CPU and never returns: a fresh thread takes over.
   *
   * @return the context that was given up, or null if no handler runs
   */
  public Context evict(int cpu) {
    return threads.get(cpu).evict();
  }

  /** Ends all threads that are not stuck in a handler; lets everybody go who waits for a pass. */
  public void stop() {
    threads.forEach(InterruptThread::stop);
  }

  void reportNoThread(Cpu cpu, IllegalStateException e) {
    log.print(
        KernelLog.ALERT,
        "irq: CPU#"
            + cpu.number
            + " takes no interrupts until a thread can be had: "
            + e.getMessage());
  }

  void reportThrown(Handler handler, Throwable thrown, Context context) {
    Oops.print(log, context.owner().name, handler.label(), thrown, context);
  }

  void reportLeak(Handler handler, int before, int after) {
    log.print(
        KernelLog.ERR,
        String.format(
            Locale.ROOT,
            "irq: huh, entered %s with preempt_count %08x, exited with %08x?",
            handler.label(),
            before,
            after));
  }

  void reportEnabled(Handler handler) {
    log.print(KernelLog.WARNING, "WARNING: " + handler.label() + " enabled interrupts");
  }
}
