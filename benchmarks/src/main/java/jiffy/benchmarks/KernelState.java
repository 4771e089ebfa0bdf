package jiffy.benchmarks;

import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A running kernel; {@link OfThread} makes the measuring thread one of its tasks. */
@State(Scope.Benchmark)
public class KernelState {
  /** The kernel. */
  public Machine machine;

  /** Boots it. */
  @Setup(Level.Trial)
  public void boot() {
    machine = Machine.boot("hz=250 nr_cpus=2");
  }

  /** Halts it. */
  @TearDown(Level.Trial)
  public void halt() {
    machine.close();
  }

  /** The measuring thread's stay in the kernel. */
  @State(Scope.Thread)
  public static class OfThread {
    /** Its attachment. */
    public Attachment attachment;

    /** Joins. */
    @Setup(Level.Trial)
    public void join(KernelState kernel) {
      attachment = kernel.machine.attach("bench");
    }

    /** Leaves. */
    @TearDown(Level.Trial)
    public void leave() {
      attachment.close();
    }
  }
}
