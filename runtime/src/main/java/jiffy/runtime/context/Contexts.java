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
  /** Where pids go on after the last, as on Linux. */
  private static final int RESERVED_PIDS = 300;

  private final Arch arch;
  private final List<Cpu> cpus;
  private final ConcurrentHashMap<Integer, Context> byId = new ConcurrentHashMap<>();
  private final AtomicInteger ids;
  private final AtomicInteger pids;
  private volatile Kernel kernel;

  /**
   * CPUs 0 to nrCpus - 1, each with its idle task and ksoftirqd. Pid 1 is the machine itself, 2 is
   * kthreadd.
   */
  public Contexts(Arch arch, int nrCpus) {
    this(arch, nrCpus, 0, 2);
  }

  Contexts(Arch arch, int nrCpus, int lastId, int lastPid) {
    this.arch = arch;
    this.ids = new AtomicInteger(lastId);
    this.pids = new AtomicInteger(lastPid);
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

  /** A pid that no task has had in the last 2^31; never negative. */
  public int nextPid() {
    return pids.updateAndGet(last -> last == Integer.MAX_VALUE ? RESERVED_PIDS : last + 1);
  }

  /** The context of a new thread. */
  public Context make(HwThread thread, Cpu cpu, TaskStruct task) {
    Context context;
    do {
      int id = ids.updateAndGet(last -> last == Integer.MAX_VALUE ? 1 : last + 1);
      context = new Context(kernel, arch, id, thread, cpu, task);
    } while (byId.putIfAbsent(context.id, context) != null); // of a long-lived one, a lap ago
    return context;
  }

  /** The context's thread has ended. */
  public void remove(Context context) {
    byId.remove(context.id);
  }

  /** Has the CPU's gate get back what a StackOverflowError kept threads from giving back. */
  public void settle(Cpu cpu) {
    for (Context each : byId.values()) {
      if (each.cpu == cpu) {
        cpu.gate.settle(each.thread);
      }
    }
  }

  /** The live context of that id, or null. */
  public Context byId(int id) {
    return byId.get(id);
  }
}
