package jiffy.benchmarks.sim;

import java.util.List;

/** What is run again and again: one turn of it. */
@FunctionalInterface
interface Subject {
  /** Simulated machines, started and closed. */
  String MACHINE = "machine";

  /** Three tasks of an explored machine. */
  String TASKS = "tasks";

  /** A module on an explored machine, loaded and unloaded. */
  String MODULE = "module";

  /** Three plain threads. */
  String THREADS = "threads";

  /** Runs it so many times. */
  void run(int times) throws Exception;

  /**
   * By name.
   *
   * @throws IllegalArgumentException for another name
   */
  static Subject of(String name) throws Exception {
    return switch (name) {
      case MACHINE -> Machines::startAndClose;
      case TASKS -> new Schedules(List.of())::explore;
      case MODULE -> new Schedules(List.of(Schedules.module()))::explore;
      case THREADS -> Subject::threads;
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static void threads(int times) throws InterruptedException {
    for (int i = 0; i < times; i++) {
      Thread[] threads = {new Thread(() -> {}), new Thread(() -> {}), new Thread(() -> {})};
      for (Thread thread : threads) {
        thread.start();
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }
}
