package jiffy.benchmarks;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Irqflags.local_irq_restore;
import static jiffy.linux.Irqflags.local_irq_save;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_bh;
import static jiffy.linux.Spinlocks.spin_lock_irqsave;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Spinlocks.spin_unlock_bh;
import static jiffy.linux.Spinlocks.spin_unlock_irqrestore;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import jiffy.kernel.Current;
import jiffy.linux.Jiffies;
import jiffy.types.SpinlockT;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Context, gate, spinlocks, jiffies: uncontended, beside {@link ReentrantLock} and nanoTime.
 *
 * <p>{@code scripts/bench ContextBenchmark}; on a thread of the kernel's own, with {@code -jvmArgs
 * '-Djmh.executor=CUSTOM -Djmh.executor.class=jiffy.benchmarks.KernelThreads'}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class ContextBenchmark {
  private final SpinlockT lock = new SpinlockT();
  private final ReentrantLock peer = new ReentrantLock();
  private long counter;

  /** Finding the context. */
  @Benchmark
  public Object current(KernelState.OfThread thread) {
    return Current.get();
  }

  /** The gate alone. */
  @Benchmark
  public void gate_local_bh_pair(KernelState.OfThread thread) {
    local_bh_disable();
    counter++;
    local_bh_enable();
  }

  /** The gate's other side. */
  @Benchmark
  public void gate_local_irq_pair(KernelState.OfThread thread) {
    long flags = local_irq_save();
    counter++;
    local_irq_restore(flags);
  }

  /** Owed: at most 10 ns. */
  @Benchmark
  public void spin_lock_bh_pair(KernelState.OfThread thread) {
    spin_lock_bh(lock);
    counter++;
    spin_unlock_bh(lock);
  }

  /** The plain lock. */
  @Benchmark
  public void spin_lock_pair(KernelState.OfThread thread) {
    spin_lock(lock);
    counter++;
    spin_unlock(lock);
  }

  /** With interrupts off. */
  @Benchmark
  public void spin_lock_irqsave_pair(KernelState.OfThread thread) {
    long flags = spin_lock_irqsave(lock);
    counter++;
    spin_unlock_irqrestore(lock, flags);
  }

  /** Peer of spin_lock. */
  @Benchmark
  public void peer_ReentrantLock_pair() {
    peer.lock();
    counter++;
    peer.unlock();
  }

  /** Jiffies from the clock. */
  @Benchmark
  public long jiffies(KernelState.OfThread thread) {
    return Jiffies.jiffies();
  }

  /** Peer of jiffies: the clock alone. */
  @Benchmark
  public long peer_nanoTime() {
    return System.nanoTime();
  }
}
