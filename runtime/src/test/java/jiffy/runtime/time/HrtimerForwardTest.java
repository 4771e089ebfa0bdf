package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Ktime.*;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Hrtimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of truth/FACTS.md and truth/semprobe_hr.dmesg on hrtimer_forward. */
@OnBothPlatforms
class HrtimerForwardTest {
  /** In which no test ends. */
  private static final long FAR = ms_to_ktime(1_000_000);

  private final TestKernel kernel;
  private final Hrtimer timer = new Hrtimer();

  HrtimerForwardTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  @AfterEach
  void halt() {
    kernel.close();
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
    assertThat(hrtimer_active(timer)).isFalse();
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
    hrtimer_start(timer, FAR, HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    for (int i = 0; i < 3; i++) {
      assertThat(hrtimer_forward(timer, expires + FAR, ms_to_ktime(10))).isZero();
    }
    assertThat(hrtimer_get_expires(timer)).isEqualTo(expires);
    assertThat(kernel.machine.dmesg())
        .filteredOn(line -> line.contains("WARNING: CPU:") && line.contains("hrtimer_forward"))
        .hasSize(1);
  }

  @Test
  void hrtimer_forward_now_ofAnInactiveTimer_movesByWholeIntervalsBehindTheClock() {
    setUp();
    long interval = 1_000;
    long past = ktime_get() - ms_to_ktime(1); // below 0 on a machine that has just been booted
    hrtimer_set_expires(timer, past);
    long before = hrtimer_cb_get_time(timer);
    long overruns = hrtimer_forward_now(timer, interval);
    long after = hrtimer_cb_get_time(timer);
    assertThat(overruns).isGreaterThan(1_000);
    assertThat(hrtimer_get_expires(timer))
        .isEqualTo(past + overruns * interval)
        .isGreaterThan(before)
        .isLessThanOrEqualTo(after + interval);
    hrtimer_set_expires(timer, after + FAR);
    assertThat(hrtimer_forward_now(timer, interval)).isZero();
    assertThat(hrtimer_get_expires(timer)).isEqualTo(after + FAR);
  }
}
