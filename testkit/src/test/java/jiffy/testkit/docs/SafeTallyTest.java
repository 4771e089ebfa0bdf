package jiffy.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import docs.safetally.SafeTally;
import java.time.Duration;
import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

class SafeTallyTest {
  static final ModuleJar SAFETALLY = ModuleJar.ofModule(SafeTally.class);

  @KernelTest(schedules = 1000)
  void safetally_countsBoth(TestMachine kernel) {
    kernel.insmod("safetally", SAFETALLY);
    kernel.advance(Duration.ofSeconds(1));
    kernel.rmmod("safetally");
    assertThat(kernel.dmesg()).hasText("tally: 2");
  }
}
