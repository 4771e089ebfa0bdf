package jiffy.testkit;

import jiffy.runtime.Machine;

/** What a test's kernel runs on. */
public enum Platform {
  /** Virtual time, one thread at a time, the same order in every run. */
  SIM,
  /** The JVM's threads and clock. */
  HOST;

  /** Boots a machine with that kernel command line. */
  public Machine boot(String commandLine) {
    return this == SIM ? Machine.simulate(commandLine) : Machine.boot(commandLine);
  }
}
