package jiffy.testkit.docs;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static org.assertj.core.api.Assertions.assertThat;

import docs.beat.Beat;
import java.time.Duration;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.KernelTest;
import jiffy.testkit.Mask;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

class BeatTest {
  @KernelTest
  void beat_forThreeSeconds_beatsThreeTimes(TestMachine kernel) {
    kernel.insmod("beat", ModuleJar.ofModule(Beat.class));
    kernel.advance(Duration.ofMillis(3500));
    kernel.rmmod("beat");
    assertThat(kernel.dmesg()).hasTextsInOrder("beat 1", "beat 2", "beat 3", "beat: 3 in all");
  }

  @KernelTest(hz = 100, cpus = 1)
  void beat_forADay_isNeverEarly(TestMachine kernel) {
    kernel.insmod("beat", ModuleJar.ofModule(Beat.class));
    long begin = jiffies();
    kernel.runUntil(() -> kernel.dmesg().texts().contains("beat 60"));
    assertThat(jiffies() - begin).isBetween(60L * HZ(), 66L * HZ());
    kernel.advance(Duration.ofDays(1));
    kernel.rmmod("beat");
  }

  @KernelTest
  void beat_assertions(TestMachine kernel) {
    kernel.insmod("beat", ModuleJar.ofModule(Beat.class));
    kernel.advance(Duration.ofMillis(2500));
    assertThat(kernel.dmesg())
        .hasText("beat 2") // a record has just this text
        .hasPart("bea") // a record has it in it
        .hasNoPart("beat 3")
        .hasTextTimes(1, "beat 1")
        .hasTextsInOrder("beat 1", "beat 2") // others may come between
        .hasNoComplaints();
    assertThat(kernel.dmesg().texts()).last().isEqualTo("beat 2"); // all else that AssertJ has
    kernel.rmmod("beat");
  }

  @KernelTest
  void beat_log_isAsRecorded(TestMachine kernel) {
    kernel.insmod("beat", ModuleJar.ofModule(Beat.class));
    kernel.advance(Duration.ofMillis(2500));
    kernel.rmmod("beat");
    GoldenLog golden = GoldenLog.read(BeatTest.class, "beat.log");
    assertThat(kernel.dmesg()).hasTextsOf(golden, Mask.of("^Jiffy version .*", "VERSION"));
  }
}
