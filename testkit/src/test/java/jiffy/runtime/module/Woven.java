package jiffy.runtime.module;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.Choice;
import jiffy.runtime.arch.SchedulePolicy;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.GoldenLog;

/** Runs modules on machines with choice points, whose policy takes the first choice each time. */
final class Woven {
  /** Writes down what is about to be done at each point that woven code has come to. */
  static final class Recorder implements SchedulePolicy {
    final List<String> steps = new ArrayList<>();

    @Override
    public int choose(Choice choice) {
      if (choice.what() != null) {
        steps.add(choice.what());
      }
      return 0;
    }
  }

  private Woven() {}

  /** The choice points of a module's init, up to the end of insmod. */
  static List<String> stepsOf(Path jar) {
    return stepsOf(jar, "nr_cpus=2");
  }

  static List<String> stepsOf(Path jar, String commandLine) {
    Recorder recorder = new Recorder();
    try (Machine machine = Machine.simulate(commandLine, recorder);
        Attachment here = machine.attach("test")) {
      recorder.steps.clear();
      machine.insmod(jar);
      return List.copyOf(recorder.steps);
    }
  }

  /** What a module prints on a machine with choice points. */
  static List<String> printed(Path jar) {
    try (Machine machine = Machine.simulate("nr_cpus=2", new Recorder())) {
      return run(machine, jar);
    }
  }

  /** What a module prints on a machine without. */
  static List<String> printedPlainly(Path jar) {
    try (Machine machine = Machine.simulate("nr_cpus=2")) {
      return run(machine, jar);
    }
  }

  private static List<String> run(Machine machine, Path jar) {
    machine.insmod(jar);
    return GoldenLog.texts(machine.dmesg()).stream()
        .filter(text -> !text.contains("taint") && !text.contains("Command line"))
        .toList();
  }
}
