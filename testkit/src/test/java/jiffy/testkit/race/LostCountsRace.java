package jiffy.testkit.race;

import static jiffy.linux.Delay.msleep;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/**
 * The sample kt, whose timer and init count in the same place; without its lock counts are lost.
 */
final class LostCountsRace {
  private static final Text KT = Text.ofSample("kt/src/main/java/samples/kt/Kt.java");
  private static final ModuleJar CORRECT = ModuleJar.of(KT.source());
  private static final ModuleJar RACY =
      ModuleJar.of(
          KT.without("    spin_lock(data.lock);\n")
              .without("    spin_unlock(data.lock);\n")
              .without("    spin_lock(kt_global_data.lock);\n")
              .without("    spin_unlock(kt_global_data.lock);\n")
              .source());

  @KernelTest(schedules = Races.SCHEDULES)
  void racy(TestMachine kernel) {
    counts(kernel, RACY);
  }

  @KernelTest(schedules = Races.SCHEDULES)
  void correct(TestMachine kernel) {
    counts(kernel, CORRECT);
  }

  private static void counts(TestMachine kernel, ModuleJar jar) {
    kernel.insmod("kt", jar, "interval=0"); // a run at each jiffy, the first perhaps during init
    msleep(8);
    kernel.rmmod("kt");
    long runs = kernel.dmesg().texts().stream().filter("Entering: timer_callback"::equals).count();
    assertThat(kernel.dmesg()).hasText("kt_global_data.count = [" + (runs + 1) + "]");
  }
}
