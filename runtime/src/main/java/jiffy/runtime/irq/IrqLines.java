package jiffy.runtime.irq;

import static jiffy.linux.Interrupts.IRQF_NO_AUTOEN;
import static jiffy.linux.Interrupts.IRQF_SHARED;
import static jiffy.linux.Interrupts.NR_IRQS;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import jiffy.kernel.Current;
import jiffy.kernel.IrqOps;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.WaitList;
import jiffy.types.IrqHandler;

/**
 * The interrupt lines of a kernel: 0 to {@code NR_IRQS} - 1, each with a fixed CPU, the number
 * modulo nr_cpus. Thread safe.
 *
 * <p>They are edge triggered: an interrupt that comes while one is on its way is one with it; one
 * that comes while the handlers run makes them run once more.
 */
public final class IrqLines implements IrqOps, Owned {
  /** How long a handler that does not return is waited for: 5 s. */
  private static final long WAIT_NANOS = 5_000_000_000L;

  private static final int INTERRUPT =
      PreemptCount.SOFTIRQ_MASK | PreemptCount.HARDIRQ_MASK | 0xf00000;

  private final Arch arch;
  private final Origins origins;
  private final Interrupts interrupts;
  private final Softirqs softirqs;
  private final KernelLog log;
  private final int nrCpus;
  private final IrqLine[] lines = new IrqLine[NR_IRQS];
  private final IrqFlow[] flows = new IrqFlow[NR_IRQS];
  private final RunSlot[] slots;
  private final WaitList waiters;

  /** Interrupts on lines that nobody has. */
  private final AtomicLong errors = new AtomicLong();

  /**
   * All lines, free.
   *
   * @param softirqs tell how often the local timer ran
   * @param log gets the reports
   */
  public IrqLines(
      Arch arch,
      Contexts contexts,
      Origins origins,
      Interrupts interrupts,
      Softirqs softirqs,
      KernelLog log) {
    this.arch = arch;
    this.origins = origins;
    this.interrupts = interrupts;
    this.softirqs = softirqs;
    this.log = log;
    this.nrCpus = contexts.cpus().size();
    this.waiters = new WaitList(arch);
    this.slots = new RunSlot[nrCpus];
    for (int cpu = 0; cpu < nrCpus; cpu++) {
      slots[cpu] = new RunSlot();
    }
    for (int irq = 0; irq < lines.length; irq++) {
      lines[irq] = new IrqLine(irq, irq % nrCpus);
      flows[irq] = new IrqFlow(arch, lines[irq], slots[irq % nrCpus], interrupts, waiters, log);
    }
  }

  private boolean isLine(int irq) {
    return irq >= 0 && irq < lines.length;
  }

  /**
   * Raises a line, as a device would. Any context of this kernel; a task on the line's CPU that may
   * wait finds the handlers run when this returns.
   *
   * @return 0; {@code -EINVAL} if there is no such line; {@code -ENXIO} if nobody has requested it
   */
  public int raise(Context caller, int irq) {
    if (!isLine(irq)) {
      return -Errno.EINVAL;
    }
    int result = lines[irq].raise();
    if (result < 0) {
      errors.incrementAndGet();
      return result;
    }
    send(result, irq);
    if (caller.cpu.number == lines[irq].cpu) {
      interrupts.awaitPass(caller);
    }
    return 0;
  }

  /**
   * As {@link #raise}.
   *
   * @throws IllegalArgumentException if there is no such line
   * @throws IllegalStateException if nobody has requested it
   */
  public void raiseOrThrow(Context caller, int irq) {
    int error = raise(caller, irq);
    if (error == -Errno.EINVAL) {
      throw new IllegalArgumentException(
          "there is no interrupt line " + irq + ": they are 0 to " + (NR_IRQS - 1));
    }
    if (error != 0) {
      throw new IllegalStateException(
          "nobody has requested interrupt line "
              + irq
              + ": a module does so with request_irq(); see /proc/interrupts");
    }
  }

  private void send(int result, int irq) {
    if (result > 0) {
      try {
        flows[irq].send();
      } catch (Throwable e) { // a StackOverflowError of the module's: the next one is sent
        lines[irq].queued = false;
        throw e;
      }
    }
  }

  @Override
  public int request(
      Current current, int irq, IrqHandler handler, long flags, String name, Object deviceId) {
    boolean shared = (flags & IRQF_SHARED) != 0;
    boolean disabled = (flags & IRQF_NO_AUTOEN) != 0;
    if (!isLine(irq) || handler == null || shared && (deviceId == null || disabled)) {
      return -Errno.EINVAL;
    }
    Origin origin = origins.of((Context) current, handler);
    if (origin.owner.isGoing()) {
      return -Errno.EINVAL;
    }
    IrqAction action = new IrqAction(handler, flags, String.valueOf(name), deviceId, origin);
    IrqAction other = lines[irq].add(action);
    if (other != null) {
      log.print(
          KernelLog.ERR,
          String.format(
              Locale.ROOT,
              "genirq: Flags mismatch irq %d. %08x (%s) vs. %08x (%s)",
              irq,
              flags,
              action.name,
              other.flags,
              other.name));
      return -Errno.EBUSY;
    }
    if (origin.owner.isGoing()) { // the books may have been made before it was added
      lines[irq].remove(each -> each == action);
      return -Errno.EINVAL;
    }
    return 0;
  }

  @Override
  public Object free(Current current, int irq, Object deviceId) {
    Context context = (Context) current;
    if ((context.preemptCount() & INTERRUPT) != 0) {
      warn("WARNING: Trying to free IRQ %d from IRQ context!", irq);
    }
    IrqAction action = isLine(irq) ? lines[irq].remove(each -> each.deviceId == deviceId) : null;
    if (action == null) {
      warn("WARNING: Trying to free already-free IRQ %d", irq);
      return null;
    }
    awaitEnd(context, lines[irq], "free_irq");
    return action.name;
  }

  @Override
  public void disableNosync(Current current, int irq) {
    if (isLine(irq)) {
      lines[irq].disable();
    }
  }

  @Override
  public void disable(Current current, int irq) {
    if (isLine(irq)) {
      lines[irq].disable();
      awaitEnd((Context) current, lines[irq], "disable_irq");
    }
  }

  @Override
  public void enable(Current current, int irq) {
    if (isLine(irq)) {
      int result = lines[irq].enable();
      if (result < 0) {
        warn("WARNING: Unbalanced enable for IRQ %d", irq);
      }
      send(result, irq);
    }
  }

  @Override
  public void synchronize(Current current, int irq) {
    if (isLine(irq)) {
      awaitEnd((Context) current, lines[irq], "synchronize_irq");
    }
  }

  private void awaitEnd(Context context, IrqLine line, String function) {
    if (!line.inProgress()) {
      return;
    }
    if (slots[line.cpu].runsIn(context)) {
      warn(
          "WARNING: %s(%d) from an interrupt handler of CPU %d would wait for itself: does not wait",
          function, line.number, line.cpu);
      return;
    }
    waiters.await(context.thread, () -> !line.inProgress() || line.isStuck());
    long until = arch.now() + WAIT_NANOS;
    if (line.isStuck() && !waiters.await(context.thread, until, () -> !line.inProgress())) {
      warn("irq %d: a handler has not returned and is not waited for any longer", line.number);
    }
    context.forgetClock();
  }

  private void warn(String format, Object... arguments) {
    log.print(KernelLog.WARNING, String.format(Locale.ROOT, format, arguments));
  }

  /**
   * Gives up the interrupt handler that runs on the CPU and does not return; a fresh thread takes
   * the CPU's other interrupts. Its line stays as it is until it returns.
   *
   * @param whose null: anybody's
   * @return the line's number, or -1 if no handler of his runs there
   */
  public int giveUp(Context caller, int cpu, Owner whose) {
    Object[] stuck = new Object[1];
    slots[cpu].giveUp(
        arch,
        caller,
        whose,
        callee -> {
          stuck[0] = callee;
          ((IrqLine) callee).giveUp();
          interrupts.evict(cpu);
        });
    if (stuck[0] == null) {
      return -1;
    }
    waiters.wakeAll();
    log.print(
        KernelLog.ALERT,
        stuck[0]
            + ": a handler does not return: given up; CPU "
            + cpu
            + " goes on without it, on a fresh thread");
    return ((IrqLine) stuck[0]).number;
  }

  /** The text of {@code /proc/interrupts}, in Linux's format. */
  public String table() {
    StringBuilder text = new StringBuilder(" ".repeat(11));
    for (int cpu = 0; cpu < nrCpus; cpu++) {
      text.append(String.format(Locale.ROOT, "CPU%-8d", cpu));
    }
    text.append('\n');
    for (IrqLine line : lines) {
      List<IrqAction> actions = line.actions();
      if (!actions.isEmpty() || line.served.get() > 0) {
        row(text, String.format(Locale.ROOT, "%3d", line.number), line);
        text.append(String.format(Locale.ROOT, " %8s %3d %-8s", "Jiffy", line.number, "Edge"));
        if (!actions.isEmpty()) {
          text.append("  ");
          text.append(actions.stream().map(each -> each.name).collect(Collectors.joining(", ")));
        }
        text.append('\n');
      }
    }
    row(text, "LOC", null);
    text.append("  Local timer interrupts\n");
    return text.append(String.format(Locale.ROOT, "ERR: %10d\n", errors.get())).toString();
  }

  /** The counts of a line, or of the local timer. */
  private void row(StringBuilder text, String name, IrqLine line) {
    text.append(name).append(": ");
    for (int cpu = 0; cpu < nrCpus; cpu++) {
      long count;
      if (line == null) {
        count = softirqs.served(cpu, Vector.TIMER);
      } else {
        count = cpu == line.cpu ? line.served.get() : 0;
      }
      text.append(String.format(Locale.ROOT, "%10d ", count));
    }
  }

  @Override
  public String kind() {
    return "irq handler";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    List<String> found = new ArrayList<>();
    for (IrqLine line : lines) {
      for (IrqAction action : line.actions()) {
        if (action.origin.owner == owner) {
          found.add(line + " (" + action.name + "), " + action.origin);
        }
      }
    }
    return found;
  }

  @Override
  public int release(Context caller, Owner owner) {
    int released = 0;
    for (IrqLine line : lines) {
      while (line.remove(action -> action.origin.owner == owner) != null) {
        released++;
      }
    }
    for (int cpu = 0; cpu < nrCpus; cpu++) {
      RunSlot slot = slots[cpu];
      if (!waiters.await(caller.thread, arch.now() + WAIT_NANOS, () -> !slot.runs(owner))) {
        giveUp(caller, cpu, owner);
      }
    }
    return released;
  }
}
