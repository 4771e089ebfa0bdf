package jiffy.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import docs.tally.Tally;
import java.time.Duration;
import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

class TallyRace {
  static final ModuleJar TALLY = ModuleJar.ofModule(Tally.class);

  @KernelTest(schedules = 1000)
  void tally_countsBoth(TestMachine kernel) {
    kernel.insmod("tally", TALLY);
    kernel.advance(Duration.ofSeconds(1));
    kernel.rmmod("tally");
    assertThat(kernel.dmesg()).hasText("tally: 2");
  }
}
