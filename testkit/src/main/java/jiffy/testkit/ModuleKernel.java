package jiffy.testkit;

import static jiffy.linux.Delay.msleep;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * A kernel on either platform: what the test of a module is written against that holds on both
 * ({@link OnBothPlatforms}).
 *
 * <p>On virtual time a module can be held to each number that it prints. On the host a timer may
 * come late, so there the test waits for what must come ({@link #until}), and masks the numbers of
 * time ({@link #masked}).
 *
 * <p>For one thread, the one that booted it.
 */
public final class ModuleKernel implements AutoCloseable {
  private static final Duration STEP = Duration.ofMillis(1);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  public final Machine machine;
  private final Platform platform;

  /** The test's own stay, null if it sees to that itself. */
  private final Attachment shell;

  private ModuleKernel(Platform platform, Machine machine, Attachment shell) {
    this.platform = platform;
    this.machine = machine;
    this.shell = shell;
  }

  /** Boots with that kernel command line; the test's thread is task {@code insmod} of CPU 0. */
  public static ModuleKernel boot(Platform platform, String commandLine) {
    Machine machine = platform.boot(commandLine);
    return new ModuleKernel(platform, machine, machine.attach("insmod", 0));
  }

  /** Boots with that kernel command line; the test attaches as the task that it means to be. */
  public static ModuleKernel bootUnattached(Platform platform, String commandLine) {
    return new ModuleKernel(platform, platform.boot(commandLine), null);
  }

  /** Whether time is virtual, and who runs when is the same in every run. */
  public boolean isSim() {
    return platform == Platform.SIM;
  }

  /** Leaves out, on the host, a test of what only virtual time can show within seconds. */
  public void virtualTimeOnly(String reason) {
    Assumptions.assumeTrue(isSim(), reason);
  }

  /** The hand on the clock; for tests that said {@link #virtualTimeOnly} before. */
  public Simulation sim() {
    return machine.simulation().orElseThrow();
  }

  /** On virtual time, goes on to the beginning of a jiffy; the host's are not the test's to set. */
  public void advanceToJiffies(long jiffies) {
    machine.simulation().ifPresent(sim -> sim.advanceToJiffies(jiffies));
  }

  /** Lets that time pass, on the host perhaps more. */
  public void pass(Duration time) {
    if (isSim()) {
      sim().advance(time);
    } else {
      try (Attachment here = machine.attach("test")) { // if it is not attached already
        msleep((int) time.toMillis());
      }
    }
  }

  /** Lets time pass until the condition holds; fails if it never does. */
  public void until(String what, BooleanSupplier condition) {
    long end = machine.uptimeNanos() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      Assertions.assertThat(machine.uptimeNanos())
          .as(() -> what + ", never; log: " + String.join("\n", machine.dmesg()))
          .isLessThan(end);
      pass(STEP);
    }
  }

  /** As above, until so many lines of the log have that part. */
  public void untilPrinted(long times, String part) {
    until(
        times + " times '" + part + "'",
        () -> machine.dmesg().stream().filter(line -> line.contains(part)).count() >= times);
  }

  /** The texts in the log, but for those that the loader printed about the module. */
  public List<String> printedBy(String module) {
    return GoldenLog.texts(machine.dmesg()).stream()
        .filter(text -> !text.startsWith(module + ": "))
        .toList();
  }

  /** The lines as they are; on the host each match of the expression in them as an {@code N}. */
  public List<String> masked(List<String> lines, String timeNumbers) {
    return isSim() ? lines : lines.stream().map(s -> s.replaceAll(timeNumbers, "N")).toList();
  }

  @Override
  public void close() {
    machine.close();
    if (shell != null) {
      shell.close();
    }
  }
}
