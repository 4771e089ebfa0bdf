package jiffy.kernel;

import java.util.Objects;

/** What a kernel does for {@code jiffy.linux.Interrupts}. */
public final class InterruptOps {
  /** Softirq vectors. */
  public final SoftirqOps softirqs;

  /** Tasklets. */
  public final TaskletOps tasklets;

  /** Interrupt lines. */
  public final IrqOps irqs;

  /** All three, made by the runtime at boot. */
  public InterruptOps(SoftirqOps softirqs, TaskletOps tasklets, IrqOps irqs) {
    this.softirqs = Objects.requireNonNull(softirqs);
    this.tasklets = Objects.requireNonNull(tasklets);
    this.irqs = Objects.requireNonNull(irqs);
  }
}
