package jiffy.runtime.sched;

import jiffy.kernel.Origin;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Cpu;
import jiffy.types.TaskStruct;

/** A task that runs a module's function. Thread safe. */
final class Kthread extends Task {
  /** Whose function, and where the thread was made. */
  final Origin origin;

  /** {@code KTHREAD_SHOULD_STOP}: there is no way back. */
  volatile boolean shouldStop;

  /** Whether it has left {@code kthread_create}'s waiting room. */
  volatile boolean hasBegun;

  /** {@code KTHREAD_SHOULD_PARK}. */
  volatile boolean shouldPark;

  /** The number of the last request to park; written before {@link #shouldPark}. */
  volatile int parkRequest;

  /** The last request that it has met, by sleeping in {@code kthread_parkme}. */
  volatile int parkedFor;

  /** What its function gets. */
  final Object data;

  /** The kernel thread of that struct, or null if it is something else. */
  static Kthread of(TaskStruct struct) {
    return struct.__task instanceof Kthread ? (Kthread) struct.__task : null;
  }

  Kthread(Arch arch, TaskStruct struct, Cpu cpu, Origin origin, Object data) {
    super(arch, struct, cpu);
    this.origin = origin;
    this.data = data;
  }

  /** Whether it has parked since it was asked to, be it that it has been unparked meanwhile. */
  boolean hasParkedFor(int request) {
    return parkedFor - request >= 0;
  }
}
