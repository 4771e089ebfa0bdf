package jiffy.runtime.adapter;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Owned;

/** The jobs that a module has left queued or running. */
final class JobBooks implements Owned {
  /** How long rmmod waits for a job that it has interrupted: 5 s. */
  private static final long RUN_WAIT_NANOS = 5_000_000_000L;

  /** Between two looks at a job that runs: 10 ms. */
  private static final long LOOK_NANOS = 10_000_000L;

  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Supplier<List<Crew>> crews;
  private final Arch arch;
  private final KernelLog log;

  JobBooks(Supplier<List<Crew>> crews, Arch arch, KernelLog log) {
    this.crews = crews;
    this.arch = arch;
    this.log = log;
  }

  @Override
  public String kind() {
    return "job";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    List<String> lines = new ArrayList<>();
    for (Job<?> job : queued(owner)) {
      long millis = Math.max(0, job.time() - arch.now()) / NANOS_PER_MILLI;
      lines.add(job.origin + ", due in " + millis + " ms");
    }
    running(owner).forEach(job -> lines.add(job.origin + ", running"));
    return lines;
  }

  private List<Job<?>> queued(Owner owner) {
    List<Job<?>> found = new ArrayList<>();
    crews.get().forEach(crew -> found.addAll(crew.queued()));
    found.removeIf(job -> job.origin.owner != owner);
    return found;
  }

  private List<Job<?>> running(Owner owner) {
    List<Job<?>> found = new ArrayList<>();
    crews.get().forEach(crew -> found.addAll(crew.running()));
    found.removeIf(job -> job.origin.owner != owner);
    return found;
  }

  @Override
  public int release(Context caller, Owner owner) {
    int released = 0;
    for (Job<?> job : queued(owner)) {
      released += job.cancel(false) ? 1 : 0;
    }
    for (Job<?> job : running(owner)) {
      released += job.cancel(true) ? 1 : 0;
    }
    long until = arch.now() + RUN_WAIT_NANOS;
    List<Job<?>> left;
    while (!(left = running(owner)).isEmpty() && arch.now() < until) {
      caller.park(arch.now() + LOOK_NANOS);
    }
    for (Job<?> job : left) {
      log.print(
          KernelLog.ALERT, owner.name + ": " + job + " has not ended: its task is left to it");
    }
    return released;
  }
}
