package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Ktime.*;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of truth/FACTS.md and truth/semprobe_hr.dmesg on hrtimer_forward, on virtual time. */
class HrtimerForwardTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment test = machine.attach("test");
  private final Hrtimer timer = new Hrtimer();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private void setUp() {
    hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    timer.function = t -> HRTIMER_NORESTART;
  }

  @ParameterizedTest
  @CsvSource({
    "999,0,1000",
    "1000,1,1010",
    "1005,1,1010",
    "1009,1,1010",
    "1010,2,1020",
    "1011,2,1020",
    "1050,6,1060",
    "1055,6,1060",
    "5000,401,5010"
  })
  void hrtimer_forward_byTens_movesBehindNow(long nowMs, long overruns, long expiresMs) {
    setUp();
    hrtimer_set_expires(timer, ms_to_ktime(1000));
    assertThat(hrtimer_forward(timer, ms_to_ktime(nowMs), ms_to_ktime(10))).isEqualTo(overruns);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(ms_to_ktime(expiresMs));
    assertThat(hrtimer_get_softexpires(timer)).isEqualTo(ms_to_ktime(expiresMs));
  }

  @Test
  void hrtimer_forward_byInterval0_isClampedToTheResolution() {
    setUp();
    hrtimer_set_expires(timer, ms_to_ktime(1000));
    assertThat(hrtimer_forward(timer, ms_to_ktime(1001), 0)).isEqualTo(1_000_001);
    assertThat(hrtimer_get_expires_ns(timer)).isEqualTo(1_001_000_001);
  }

  @Test
  void hrtimer_forward_onQueuedTimer_warnsAndReturns0() {
    setUp();
    hrtimer_start(timer, ms_to_ktime(500), HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    for (int i = 0; i < 3; i++) {
      assertThat(hrtimer_forward(timer, ktime_add_ms(ktime_get(), 5000), ms_to_ktime(10))).isZero();
    }
    assertThat(hrtimer_get_expires(timer)).isEqualTo(expires);
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("WARNING: CPU:") && line.contains("hrtimer_forward"))
        .hasSize(1);
  }
}
