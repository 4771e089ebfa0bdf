package jiffy.testkit;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.SchedulePolicy;
import jiffy.runtime.arch.SimThreads;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.sched.Attachment;

/** One run of a test: a machine, and the body's stay in it as task {@code test}. */
final class Session {
  /** How the kernel's own timers and the like say where they come from. */
  private static final String OF_THE_KERNEL = " set up at boot";

  final TestMachine kernel;
  private final Machine machine;
  private final Body body;
  private final Settings settings;
  private Attachment attachment;

  /**
   * Boots.
   *
   * @param policy null: the usual order
   * @param weaver of modules' classes, if there is a policy
   * @param threads of the machine, if there is a policy
   */
  Session(
      Body body,
      Settings settings,
      Path jars,
      SchedulePolicy policy,
      Weaver weaver,
      SimThreads threads)
      throws Throwable {
    this.body = body;
    this.settings = settings;
    machine =
        policy == null
            ? Machine.simulate(settings.commandLine())
            : Machine.simulate(settings.commandLine(), policy, weaver, threads);
    kernel = new TestMachine(machine, jars);
    machine.simulation().orElseThrow().setPatience(Long.MAX_VALUE); // the guard knows better
    body.run(() -> attachment = machine.attach("test", 0));
  }

  Machine machine() {
    return machine;
  }

  /**
   * Runs a part of the test as the task. What a task of the test has failed with comes first: the
   * body often only waits for that in vain.
   */
  void run(Body.Part part) throws Throwable {
    try {
      body.run(part, machine.simulation().orElseThrow(), settings.patienceNanos());
    } catch (StalledTestError | Body.TimedOut e) {
      throw e;
    } catch (Throwable e) {
      Throwable first = kernel.failure().orElse(e);
      if (first != e) {
        first.addSuppressed(e);
      }
      throw first;
    }
  }

  /** Fails, naming it, if something is left that the test should have given back. */
  void check() throws Throwable {
    Optional<Throwable> failure = kernel.failure();
    if (failure.isPresent()) {
      throw failure.get();
    }
    List<String> left = new ArrayList<>();
    if (!settings.mayLeave()) {
      run(() -> left.addAll(left()));
    }
    List<String> complaints = new ArrayList<>();
    if (!settings.mayComplain()) {
      kernel.dmesg().lines().stream()
          .filter(Dmesg.Line::isComplaint)
          .forEach(line -> complaints.add(line.toString()));
    }
    if (!left.isEmpty()) {
      throw new AssertionError(
          "the test leaves something behind (delete it, or say mayLeave = true):\n  "
              + String.join("\n  ", left));
    }
    if (!complaints.isEmpty()) {
      throw new AssertionError(
          "the kernel complains (expected? say mayComplain = true):\n  "
              + String.join("\n  ", complaints)
              + "\nthe whole log:\n"
              + kernel.dmesg());
    }
  }

  private List<String> left() {
    List<String> left = new ArrayList<>();
    for (ModuleView module : machine.modules().list()) {
      left.add("module " + module.name() + " is still loaded");
    }
    kernel.running().forEach(task -> left.add("task " + task.struct + " has not ended"));
    if (left.isEmpty()) {
      machine.modules().heldBy(Owner.CORE).stream()
          .filter(line -> !line.contains(OF_THE_KERNEL))
          .forEach(left::add);
    }
    return left;
  }

  /** Switches the machine off. */
  void close() {
    machine.simulation().orElseThrow().setPatience(settings.patienceNanos());
    try {
      body.run(
          () -> {
            machine.close();
            attachment.close();
          });
    } catch (Throwable e) {
      throw new IllegalStateException("the simulated machine cannot be switched off", e);
    }
  }

  /** Switches it off without the body's thread, which hangs. */
  void abandon() {
    machine.simulation().orElseThrow().switchOff();
    machine.close();
  }

  /** Fails if a module that was unloaded is still held by somebody. */
  void checkLoaders() {
    if (machine.modules().unloadedLoaders().isEmpty()) {
      return;
    }
    LoaderLeaks.collectUntil(() -> held().isEmpty());
    if (!held().isEmpty()) {
      throw new AssertionError(
          "modules " + held() + " were unloaded, but something still refers to their classes");
    }
  }

  private List<String> held() {
    return machine.modules().unloadedLoaders().stream()
        .filter(loader -> !loader.isCollected())
        .map(UnloadedLoader::module)
        .toList();
  }
}
