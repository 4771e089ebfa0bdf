package jiffy.benchmarks;

import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;

import io.netty.util.internal.PlatformDependent;
import java.util.Queue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import jiffy.types.TaskletStruct;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Deferring a small piece of work to one other thread, per piece, in bursts of 1024: tasklets
 * beside JCTools' MPSC queue (as Netty ships it) with a thread that parks when it is empty, a
 * ThreadPoolExecutor and a ForkJoinPool of one thread. {@code scripts/bench TaskletBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class TaskletBenchmark {
  private static final int BURST = 1024;

  /** Pieces of work done; written by the one thread that does them. */
  private final AtomicLong done = new AtomicLong();

  private final TaskletStruct[] tasklets = new TaskletStruct[BURST];
  private long wanted;

  private void work() {
    done.lazySet(done.getPlain() + 1);
  }

  private long await() {
    wanted += BURST;
    while (done.get() < wanted) {
      Thread.onSpinWait();
    }
    return wanted;
  }

  /** One tasklet a piece. In here, for JMH gives another state another instance of this class. */
  @Setup(Level.Trial)
  public void make(KernelState.OfThread thread) {
    for (int i = 0; i < BURST; i++) {
      tasklets[i] = new TaskletStruct();
      tasklet_setup(tasklets[i], t -> work());
    }
  }

  /** A queue and the thread that empties it. */
  @State(Scope.Thread)
  public static class Mpsc {
    final Queue<Runnable> queue = PlatformDependent.newMpscQueue();
    volatile boolean asleep;
    volatile boolean stopping;
    Thread consumer;

    /** Starts the thread. */
    @Setup(Level.Trial)
    public void start() {
      consumer = new Thread(this::consume, "mpsc");
      consumer.setDaemon(true);
      consumer.start();
    }

    private void consume() {
      while (!stopping) {
        Runnable piece = queue.poll();
        if (piece != null) {
          piece.run();
          continue;
        }
        asleep = true;
        if (queue.isEmpty() && !stopping) {
          LockSupport.park(this);
        }
        asleep = false;
      }
    }

    void execute(Runnable piece) {
      queue.add(piece);
      if (asleep) {
        LockSupport.unpark(consumer);
      }
    }

    /** Ends it. */
    @TearDown(Level.Trial)
    public void stop() {
      stopping = true;
      LockSupport.unpark(consumer);
    }
  }

  /** The JDK's pools, of one thread. */
  @State(Scope.Thread)
  public static class Pools {
    final ThreadPoolExecutor executor =
        new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
    final ForkJoinPool forkJoin =
        new ForkJoinPool(1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);

    /** Ends them. */
    @TearDown(Level.Trial)
    public void stop() {
      executor.shutdownNow();
      forkJoin.shutdownNow();
    }
  }

  /** tasklet_schedule. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public long tasklet_jiffy(KernelState.OfThread thread) {
    for (TaskletStruct tasklet : tasklets) {
      tasklet_schedule(tasklet);
    }
    return await();
  }

  /** The same by JCTools. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public long mpsc_jctools(Mpsc mpsc) {
    for (int i = 0; i < BURST; i++) {
      mpsc.execute(this::work);
    }
    return await();
  }

  /** The same by a ThreadPoolExecutor. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public long threadPoolExecutor(Pools pools) {
    for (int i = 0; i < BURST; i++) {
      pools.executor.execute(this::work);
    }
    return await();
  }

  /** The same by a ForkJoinPool. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public long forkJoinPool(Pools pools) {
    for (int i = 0; i < BURST; i++) {
      pools.forkJoin.execute(this::work);
    }
    return await();
  }
}
