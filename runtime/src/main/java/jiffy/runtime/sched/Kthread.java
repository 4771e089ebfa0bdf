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

  Kthread(Arch arch, TaskStruct struct, Cpu cpu, Origin origin) {
    super(arch, struct, cpu);
    this.origin = origin;
  }
}
