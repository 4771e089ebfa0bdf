package jiffy.runtime;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Owner;
import jiffy.linux.Sched;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
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

  /** Whether time is virtual, and who runs when is the same in every run. */
  public boolean isSim() {
    return platform == Platform.SIM;
  }

  /** Leaves out, on the host, a test of what only virtual time can show. */
  public void virtualTimeOnly(String reason) {
    Assumptions.assumeTrue(platform == Platform.SIM, reason);
  }

  /** Leaves out, on virtual time, a test of what only real threads can do. */
  public void realThreadsOnly(String reason) {
    Assumptions.assumeTrue(platform == Platform.HOST, reason);
  }

  /** The hand on the clock; for tests that said {@link #virtualTimeOnly} before. */
  public Simulation sim() {
    return machine.simulation().orElseThrow();
  }

  /** Lets time pass until the condition holds; fails if it never does. */
  public void until(String what, BooleanSupplier condition) {
    until(machine, what, condition);
  }

  /** As above, on a machine that is no TestKernel's. */
  public static void until(Machine machine, String what, BooleanSupplier condition) {
    long end = machine.uptimeNanos() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(machine.uptimeNanos())
          .as(() -> what + ", never; log: " + String.join("\n", machine.dmesg()))
          .isLessThan(end);
      machine.simulation().ifPresentOrElse(sim -> sim.advance(STEP), Thread::yield);
    }
  }

  /** Whether a line of the log has that part. */
  public boolean hasLogged(String part) {
    return machine.dmesg().stream().anyMatch(line -> line.contains(part));
  }

  /** Has that done by a timer of this CPU. */
  public void inJiffies(long n, Runnable action) {
    TimerList timer = new TimerList();
    timer_setup(timer, t -> action.run(), 0);
    mod_timer(timer, jiffies() + n);
  }

  /** So many jiffies have passed since then; on the host perhaps more. */
  public void assertPassed(long count, long since) {
    long passed = jiffies() - since;
    assertThat(passed).isBetween(count, isSim() ? count : Long.MAX_VALUE);
  }

  /** So many jiffies of a wait are over, the others left; on the host more or fewer may be over. */
  public void assertLeft(long passed, long of, long left) {
    assertThat(left).isBetween(isSim() ? of - passed : 1, isSim() ? of - passed : of);
  }

  /** They are in this order; on the host in any, for they were woken together. */
  public void assertInOrder(List<String> actual, String... expected) {
    if (isSim()) {
      assertThat(actual).containsExactly(expected);
    } else {
      assertThat(actual).containsExactlyInAnyOrder(expected);
    }
  }

  /** Lets happen what can, before a look at what must not have happened. Any context. */
  public void settle() {
    if (platform == Platform.SIM) {
      sim().advance(SETTLED);
    } else {
      long end = machine.uptimeNanos() + SETTLED.toNanos();
      while (machine.uptimeNanos() < end) { // no msleep: a timer may be what the test holds up
        Thread.yield();
      }
    }
  }

  /** As {@link #settle}; on virtual time for as long as given. */
  public void settle(Duration virtualTime) {
    if (platform == Platform.SIM) {
      sim().advance(virtualTime);
    } else {
      settle();
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

  /** Whether it sleeps, and has looked at what it waits for: it does not look again by itself. */
  public static boolean sleeps(Task task) {
    return sleeps(task.struct);
  }

  /** As above, of a kernel thread. */
  public static boolean sleeps(TaskStruct task) {
    return task.__state != Sched.TASK_RUNNING && task.__sleeper != null;
  }

  /** Sends it a signal. */
  public void signal(Task task, int signal) {
    machine.sched().signal(task.struct, signal);
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
