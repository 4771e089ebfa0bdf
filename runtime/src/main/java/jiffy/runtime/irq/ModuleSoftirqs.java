package jiffy.runtime.irq;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import jiffy.kernel.Current;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.kernel.SoftirqOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.types.SoftirqAction;
import jiffy.types.SoftirqFunction;

/**
 * The softirq vectors that modules open: one owner a vector, who gives it back when he goes. Thread
 * safe.
 */
public final class ModuleSoftirqs implements SoftirqOps, Owned {
  /** How long rmmod waits for a handler that runs: 5 s. */
  private static final long HANDLER_WAIT_NANOS = 5_000_000_000L;

  /** Between two looks: 10 ms. */
  private static final long LOOK_NANOS = 10_000_000L;

  /** An open vector: what serves it, and where that runs now. */
  private final class Opened implements Softirqs.Handler {
    final Vector vector;
    final Origin origin;
    final SoftirqAction action;
    final RunSlot[] slots = new RunSlot[nrCpus];

    /** A pass that has begun before the close does not call it any more. */
    volatile boolean closed;

    Opened(Vector vector, Origin origin, SoftirqFunction function) {
      this.vector = vector;
      this.origin = origin;
      this.action = new SoftirqAction(function);
      for (int cpu = 0; cpu < nrCpus; cpu++) {
        slots[cpu] = new RunSlot();
      }
    }

    @Override
    public void serve(Context context) {
      RunSlot slot = slots[context.cpu.number];
      long ticket = slot.begin(context, this, origin.owner);
      if (!closed) {
        call(context);
      }
      slot.end(arch, context, ticket);
    }

    private void call(Context context) {
      Owner before = context.setOwner(origin.owner);
      try {
        action.action.serve(action);
      } catch (SimHalt e) {
        throw e;
      } catch (Throwable e) {
        Oops.print(log, origin.owner.name, "softirq " + vector + " " + origin.function, e, context);
      }
      context.setOwner(before);
    }
  }

  private final Arch arch;
  private final Origins origins;
  private final Softirqs softirqs;
  private final KernelLog log;
  private final int nrCpus;
  private final AtomicReferenceArray<Opened> opened =
      new AtomicReferenceArray<>(Vector.values().length);

  /**
   * No vector is open.
   *
   * @param log gets the reports
   */
  public ModuleSoftirqs(
      Arch arch, Contexts contexts, Origins origins, Softirqs softirqs, KernelLog log) {
    this.arch = arch;
    this.origins = origins;
    this.softirqs = softirqs;
    this.log = log;
    this.nrCpus = contexts.cpus().size();
  }

  @Override
  public void open(Current current, int nr, SoftirqFunction action) {
    Context context = (Context) current;
    Vector vector = vector("open_softirq", nr);
    Origin origin = origins.of(context, action);
    Opened before = opened.get(nr);
    String holder =
        vector.isOwn()
            ? "the kernel's own"
            : before != null && before.origin.owner != origin.owner
                ? "opened by " + before.origin
                : null;
    Opened mine = action == null ? null : new Opened(vector, origin, action);
    if (holder != null || mine == null || origin.owner.isGoing()) {
      refuse(origin, vector, holder == null ? "without a function" : holder);
      return;
    }
    if (opened.compareAndSet(nr, before, mine)) {
      softirqs.open(vector, mine);
    } else {
      refuse(origin, vector, "opened by another at this moment");
    }
  }

  private void refuse(Origin origin, Vector vector, String why) {
    log.print(
        KernelLog.ERR,
        "softirq: open_softirq("
            + vector.ordinal()
            + ") by "
            + origin.symbol()
            + " is refused: "
            + vector
            + " is "
            + why);
  }

  private static Vector vector(String function, int nr) {
    if (nr < 0 || nr >= Vector.values().length) {
      throw new IllegalArgumentException(
          function
              + "("
              + nr
              + "): softirq vectors are 0 to "
              + (Vector.values().length - 1)
              + ", see NR_SOFTIRQS");
    }
    return Vector.of(nr);
  }

  @Override
  public void raise(Current current, int nr, boolean irqsOff) {
    Context context = (Context) current;
    Vector vector = vector("raise_softirq", nr);
    if (irqsOff && !context.irqsDisabled()) {
      log.print(
          KernelLog.WARNING,
          "WARNING: "
              + context
              + ": raise_softirq_irqoff("
              + nr
              + ") with interrupts enabled: use raise_softirq");
    }
    softirqs.raise(context, vector);
  }

  @Override
  public int pending(Current current) {
    return ((Context) current).cpu.softirqsPending();
  }

  @Override
  public String kind() {
    return "softirq handler";
  }

  /** Nothing: there is no function by which a module could have closed its vector. */
  @Override
  public List<String> heldBy(Owner owner) {
    return List.of();
  }

  private List<Opened> of(Owner owner) {
    List<Opened> found = new ArrayList<>();
    for (int nr = 0; nr < opened.length(); nr++) {
      Opened each = opened.get(nr);
      if (each != null && each.origin.owner == owner) {
        found.add(each);
      }
    }
    return found;
  }

  @Override
  public int release(Context caller, Owner owner) {
    for (Opened each : of(owner)) {
      each.closed = true;
      softirqs.close(each.vector, each);
      for (int cpu = 0; cpu < nrCpus; cpu++) {
        awaitEnd(caller, owner, each, cpu);
      }
      opened.compareAndSet(each.vector.ordinal(), each, null);
    }
    return 0;
  }

  private void awaitEnd(Context caller, Owner owner, Opened handler, int cpu) {
    RunSlot slot = handler.slots[cpu];
    long until = arch.now() + HANDLER_WAIT_NANOS;
    while (slot.runs(owner) && arch.now() < until) {
      caller.park(arch.now() + LOOK_NANOS);
    }
    if (slot.giveUp(arch, caller, owner, callee -> softirqs.evict(cpu)) != null) {
      log.print(
          KernelLog.ALERT,
          "softirq: "
              + handler.vector
              + ", "
              + handler.origin
              + " does not return: given up; CPU "
              + cpu
              + " goes on without it, on a fresh thread");
    }
  }
}
