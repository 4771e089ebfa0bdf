package jiffy.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.Machine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A virtual day of the sample kt: 8437 timer callbacks, each with a line in the log. Aim: under a
 * second, cold.
 *
 * <p>{@code scripts/bench KtDayBenchmark}, from the root of a built checkout; the first, cold, day
 * is the warm-up iteration.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 1)
@Measurement(iterations = 5)
@Fork(3)
public class KtDayBenchmark {
  /** The module. */
  @Param("sample-modules/target/modules/kt.jar")
  public String jar;

  private Machine machine;

  /** Boots and loads. */
  @Setup(Level.Iteration)
  public void load() {
    machine = Machine.simulate("hz=250 nr_cpus=2 log_buf_len=4M");
    machine.insmod(Path.of(jar));
  }

  /** Unloads and halts. */
  @TearDown(Level.Iteration)
  public void unload() {
    machine.rmmod("kt");
    machine.close();
  }

  /** The day. */
  @Benchmark
  public void day() {
    machine.simulation().orElseThrow().advance(Duration.ofDays(1));
  }
}
