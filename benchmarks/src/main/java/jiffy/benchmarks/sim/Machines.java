package jiffy.benchmarks.sim;

import jiffy.runtime.Machine;

/** Simulated machines that do nothing. */
final class Machines {
  private Machines() {}

  static void startAndClose(int times) {
    for (int i = 0; i < times; i++) {
      try (Machine machine = Machine.simulate("hz=250 nr_cpus=2")) {
        if (machine.uptimeNanos() != 0) {
          throw new IllegalStateException("time passes while a machine boots");
        }
      }
    }
  }
}
