package jiffy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Owner;
import jiffy.linux.Jiffies;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Task;

/**
 * The simulated machine of a {@link KernelTest}: its clock, its modules, its log.
 *
 * <p>Used by the test's body and what that starts. Time moves only in here, and wherever a kernel
 * function waits.
 */
public final class TestMachine {
  private final Machine machine;
  private final Simulation simulation;
  private final Path jars;
  private final List<Task> started = new ArrayList<>();
  private int jarCount;

  TestMachine(Machine machine, Path jars) {
    this.machine = machine;
    this.simulation = machine.simulation().orElseThrow();
    this.jars = jars;
  }

  /** The machine itself: for all that is not said here. */
  public Machine machine() {
    return machine;
  }

  /**
   * Lets time pass, and everything happen that is due in it, with what that sets off. Afterwards
   * all is quiet: to have something happen while the test goes on, wait as a task does, with {@code
   * msleep}.
   */
  public void advance(Duration time) {
    simulation.advance(time);
  }

  /**
   * As {@link #advance}, to the beginning of a jiffy; what is due in it has happened.
   *
   * @throws IllegalArgumentException if it is past
   */
  public void advanceToJiffies(long jiffies) {
    simulation.advanceToJiffies(jiffies);
  }

  /**
   * As {@link #advance}, by so many jiffies.
   *
   * @param jiffies from 0
   */
  public void advanceJiffies(long jiffies) {
    simulation.advanceToJiffies(Jiffies.jiffies() + jiffies);
  }

  /**
   * Lets happen what comes, instant by instant, until the condition holds.
   *
   * @throws IllegalStateException if it does not within 30 days of virtual time, or nothing can
   *     happen any more
   */
  public void runUntil(BooleanSupplier condition) {
    simulation.runUntil(condition);
  }

  /**
   * Lets everything happen that will ever happen.
   *
   * @throws IllegalStateException if that does not end, for there is a periodic timer
   */
  public void runUntilIdle() {
    simulation.runUntilIdle();
  }

  /** Sets the date; the time since boot goes on as before. @param step back if negative */
  public void stepWallClock(Duration step) {
    simulation.stepWallClock(step);
  }

  /** Virtual time since the machine was switched on. */
  public Duration now() {
    return simulation.now();
  }

  /**
   * Loads a module and runs its init, on the calling task.
   *
   * @param words parameters: {@code interval=3}
   * @throws jiffy.runtime.ModuleException if it was refused or its init failed
   */
  public void insmod(Path jar, String... words) {
    machine.insmod(jar, words);
  }

  /**
   * As above, of a JAR that is built here.
   *
   * @param name the module's: its file is called so
   */
  public void insmod(String name, ModuleJar jar, String... words) {
    insmod(write(name, jar), words);
  }

  /**
   * Writes a JAR to where it goes when the test is over.
   *
   * @return the path of {@code NAME.jar}
   */
  public Path write(String name, ModuleJar jar) {
    try {
      Path directory = Files.createDirectories(jars.resolve(Integer.toString(jarCount++)));
      return jar.writeTo(directory.resolve(name + ".jar"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Runs a module's exit, on the calling task, and unloads it.
   *
   * @throws jiffy.runtime.ModuleException if it is not loaded, in use, or cannot be unloaded
   */
  public void rmmod(String name) {
    machine.rmmod(name);
  }

  /** Starts a task beside the test's own; the test fails if it has not ended by then. */
  public Task start(String name, Task.Body body) {
    Task task = machine.tasks().spawn(name, Owner.CORE, body);
    started.add(task);
    return task;
  }

  /** Those that {@link #start} has started and that still run. */
  List<Task> running() {
    return started.stream().filter(task -> !task.isEnded()).toList();
  }

  /**
   * The first failure of a task that {@link #start} has started, if any; its test fails with that.
   */
  Optional<Throwable> failure() {
    return started.stream().map(Task::failure).filter(Objects::nonNull).findFirst();
  }

  /** The log, from the last clear on. */
  public Dmesg dmesg() {
    return Dmesg.of(machine.log());
  }
}
