package jiffy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Owner;
import jiffy.linux.Sched;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.Assumptions;

/**
 * A kernel of two CPUs on either platform, with the test's thread as a task of CPU 0: what a test
 * is written against that holds on both ({@link OnBothPlatforms}).
 *
 * <p>Such a test waits for what must come ({@link #until}), never for a time. That something does
 * not come is looked at after {@link #settle}: on virtual time that proves it, on the host it can
 * only fail to notice.
 */
public final class TestKernel implements AutoCloseable {
  /** Jiffies in which no test ends. */
  public static final long FAR = 10_000_000;

  private static final String COMMAND_LINE = "hz=250 nr_cpus=2";
  private static final Duration STEP = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration SETTLED = Duration.ofMillis(20);

  public final Machine machine;

  /** The test's own stay. */
  public final Attachment self;

  private final Platform platform;

  private TestKernel(Platform platform, String commandLine) {
    this.platform = platform;
    machine = platform == Platform.SIM ? Machine.simulate(commandLine) : Machine.boot(commandLine);
    self = machine.attach("insmod", 0);
  }

  /** At 250 Hz. */
  public static TestKernel boot(Platform platform) {
    return new TestKernel(platform, COMMAND_LINE);
  }

  /** With parameters beyond those. */
  public static TestKernel boot(Platform platform, String parameters) {
    return new TestKernel(platform, COMMAND_LINE + " " + parameters);
  }

  /** Leaves out, on the host, a test of what only virtual time can show. */
  public void virtualTimeOnly(String reason) {
    Assumptions.assumeTrue(platform == Platform.SIM, reason);
  }

  /** Whether time is virtual: then jiffies are exact, and not only a bound. */
  public boolean isSim() {
    return platform == Platform.SIM;
  }

  /** The hand on the clock; for tests that said {@link #virtualTimeOnly} before. */
  public Simulation sim() {
    return machine.simulation().orElseThrow();
  }

  /** Lets time pass until the condition holds; fails if it never does. */
  public void until(String what, BooleanSupplier condition) {
    long end = machine.uptimeNanos() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(machine.uptimeNanos()).as(() -> what + ", never; log: " + log()).isLessThan(end);
      if (platform == Platform.SIM) {
        sim().advance(STEP);
      } else {
        Thread.yield();
      }
    }
  }

  private String log() {
    return String.join("\n", machine.dmesg());
  }

  /** Lets happen what can, before a look at what must not have happened. */
  public void settle() {
    if (platform == Platform.SIM) {
      sim().advance(SETTLED);
    } else {
      long end = machine.uptimeNanos() + SETTLED.toNanos();
      while (machine.uptimeNanos() < end) {
        Thread.yield(); // no msleep(): the test may have a callback on this CPU that does not end
      }
    }
  }

  /** A task at work. */
  public Task start(String name, Task.Body body) {
    return machine.tasks().spawn(name, Owner.CORE, body);
  }

  /** A task that has gone to sleep, or ended. */
  public Task task(String name, Task.Body body) {
    Task task = start(name, body);
    until(name + " sleeps", () -> sleeps(task) || task.isEnded());
    return task;
  }

  /** Whether it has said that it sleeps; on the host it may still be on its way. */
  public static boolean sleeps(Task task) {
    return task.struct.__state != Sched.TASK_RUNNING;
  }

  /** Waits for a task's end. @return what its body returned */
  public int join(Task task) {
    task.join(self.context());
    assertThat(task.failure()).isNull();
    return task.exitValue();
  }

  @Override
  public void close() {
    machine.close();
    self.close();
  }
}
