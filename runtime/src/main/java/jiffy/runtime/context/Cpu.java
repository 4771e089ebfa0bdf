package jiffy.runtime.context;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.types.TaskStruct;

/**
 * One CPU: its gate, its two system tasks, the softirqs that are raised on it.
 *
 * <p>Thread safe. The softirq thread itself lives in the irq room.
 */
public final class Cpu {
  /** 0 to nr_cpus - 1. */
  public final int number;

  /** Keeps handlers and tasks of this CPU apart. */
  public final Gate gate;

  /** The idle task {@code swapper/N}, pid 0: current in what an interrupt raised. */
  public final TaskStruct idle;

  /** {@code ksoftirqd/N}: current in what a task raised. */
  public final TaskStruct ksoftirqd;

  /** Its raised softirq vectors. */
  public final RaisedSoftirqs raised = new RaisedSoftirqs();

  /** Vectors that a hard interrupt's handler has raised: pending once it has returned. */
  private final AtomicInteger raisedInHardirq = new AtomicInteger();

  private final WaitList passWaiters;
  private volatile boolean offline;
  private volatile Runnable waker = () -> {};
  private volatile IntConsumer raiser = vectors -> {};

  Cpu(Arch arch, int number, TaskStruct idle, TaskStruct ksoftirqd) {
    this.number = number;
    this.idle = idle;
    this.ksoftirqd = ksoftirqd;
    this.gate = new Gate(arch);
    this.passWaiters = new WaitList(arch);
  }

  /**
   * What makes sure, at boot, that the softirq thread is awake when somebody waits for its pass.
   */
  public void onAwaited(Runnable wake) {
    waker = wake;
  }

  /** What raises, from boot on, the vectors that an interrupt leaves behind. */
  public void onIrqExit(IntConsumer raise) {
    raiser = raise;
  }

  /** Keeps vectors for {@link #irqExit}; in hard interrupt context of this CPU. */
  public void raiseAtIrqExit(int vectors) {
    raisedInHardirq.getAndAccumulate(vectors, (mask, bits) -> mask | bits);
  }

  /**
   * A hard interrupt's handler has returned: what it raised begins now, as on Linux, and not while
   * it still runs.
   */
  public void irqExit() {
    if (raisedInHardirq.get() != 0) {
      raiser.accept(raisedInHardirq.getAndSet(0));
    }
  }

  /** {@code local_softirq_pending}: the vectors that are raised and not served yet, a bit each. */
  public int softirqsPending() {
    return raised.get() | raisedInHardirq.get();
  }

  /** How many passes over its raised vectors the softirq thread has finished. */
  long passes() {
    return raised.passes();
  }

  /**
   * A pass is over. Called by the softirq thread while it is still inside the gate, or in its place
   * by who has given it up: a task that has disabled bh therefore reads a count that no pass in
   * progress will raise.
   */
  public void passDone() {
    raised.passDone();
    passWaiters.wakeAll();
  }

  /** Whether somebody waits until the softirq thread's pass is over. */
  public boolean isPassAwaited() {
    return !passWaiters.isEmpty() || gate.isAwaited();
  }

  /** No pass will come any more: the machine stops. */
  public void goOffline() {
    offline = true;
    passWaiters.wakeAll();
  }

  /** Whether no pass will come any more. */
  public boolean isOffline() {
    return offline;
  }

  /** Waits until a pass that began after {@code before} passes were done is over. */
  void awaitPass(HwThread self, long before) {
    waker.run(); // usually awake: but a raiser's StackOverflowError may have cost the wake-up
    passWaiters.await(self, () -> raised.passes() != before || offline);
  }
}
