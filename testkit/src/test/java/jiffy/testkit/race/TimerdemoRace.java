package jiffy.testkit.race;

import static jiffy.linux.Delay.msleep;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/**
 * The sample timerdemo, as published, has two races in its exit: with timer 2 in its callback it
 * deletes timer 1 instead; and if the delete at i == 5 misses a timer whose callback runs, it waits
 * until that has counted to 0.
 */
final class TimerdemoRace {
  private static final Text TIMERDEMO =
      Text.ofSample("timerdemo/src/main/java/samples/timerdemo/Timerdemo.java");
  private static final ModuleJar RACY = ModuleJar.of(TIMERDEMO.source());

  /** Both loops are gone: a timer that starts itself again is deleted with del_timer_sync. */
  private static final ModuleJar CORRECT =
      ModuleJar.of(
          TIMERDEMO
              .with("    int i = 0;\n", "    int i = 1;\n")
              .with("while (timer_pending(timer)) {", "while (del_timer_sync(timer) > 1) {")
              .with(
                  "    i = 0;\n    while (timer_pending(timer2)) {",
                  "    i = 1;\n    while (del_timer_sync(timer2) > 1) {")
              .with(
                  "Timers.del_timer;",
                  "Timers.del_timer;\nimport static jiffy.linux.Timers.del_timer_sync;")
              .source());

  @KernelTest(schedules = Races.SCHEDULES)
  void wrongTimer(TestMachine kernel) {
    withoutWaiting(kernel, RACY);
  }

  @KernelTest(schedules = Races.SCHEDULES, seed = 4, mayComplain = true) // of the other race
  void missedDelete(TestMachine kernel) {
    inTime(kernel, RACY);
  }

  @KernelTest(schedules = Races.SCHEDULES)
  void correctTimer(TestMachine kernel) {
    withoutWaiting(kernel, CORRECT);
  }

  @KernelTest(schedules = Races.SCHEDULES)
  void correctDelete(TestMachine kernel) {
    inTime(kernel, CORRECT);
  }

  /** Timer 1 has counted to 0 and is idle; rmmod while timer 2 is about to run. */
  private static void withoutWaiting(TestMachine kernel, ModuleJar jar) {
    kernel.insmod("timerdemo", jar, "data=1");
    msleep(1010);
    kernel.rmmod("timerdemo"); // what is left behind fails the test
  }

  /** After five waits for a timer it is deleted. */
  private static void inTime(TestMachine kernel, ModuleJar jar) {
    kernel.insmod("timerdemo", jar);
    msleep(1010);
    kernel.rmmod("timerdemo");
  }
}
