package jiffy.runtime.context;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Kernel;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.types.TaskStruct;

/** A kernel's CPUs and live contexts. Thread safe. */
public final class Contexts {
  private final Arch arch;
  private final List<Cpu> cpus;
  private final ConcurrentHashMap<Integer, Context> byId = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final AtomicInteger pids = new AtomicInteger(2);
  private volatile Kernel kernel;

  /**
   * CPUs 0 to nrCpus - 1, each with its idle task and ksoftirqd. Pid 1 is the machine itself, 2 is
   * kthreadd.
   */
  public Contexts(Arch arch, int nrCpus) {
    this.arch = arch;
    List<Cpu> made = new ArrayList<>();
    for (int n = 0; n < nrCpus; n++) {
      TaskStruct idle = new TaskStruct(0, "swapper/" + n);
      made.add(new Cpu(arch, n, idle, new TaskStruct(nextPid(), "ksoftirqd/" + n)));
    }
    this.cpus = List.copyOf(made);
  }

  /** Set once, at boot, before the first context. */
  public void bind(Kernel kernel) {
    this.kernel = kernel;
  }

  /** The kernel they belong to. */
  public Kernel kernel() {
    return kernel;
  }

  /** All CPUs, by number. */
  public List<Cpu> cpus() {
    return cpus;
  }

  /** A pid that no task has had. */
  public int nextPid() {
    return pids.incrementAndGet();
  }

  /** The context of a new thread. */
  public Context make(HwThread thread, Cpu cpu, TaskStruct task) {
    int id = ids.incrementAndGet();
    Context context = new Context(kernel, arch, id, thread, cpu, task);
    byId.put(id, context);
    return context;
  }

  /** The context's thread has ended. */
  public void remove(Context context) {
    byId.remove(context.id);
  }

  /** The live context of that id, or null. */
  public Context byId(int id) {
    return byId.get(id);
  }
}
