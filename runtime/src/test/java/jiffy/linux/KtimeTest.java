package jiffy.linux;

import static jiffy.linux.Ktime.*;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Timespec64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The ktime rows of truth/semprobe_hr.dmesg. */
class KtimeTest {
  @Test
  void ktime_set_ofSecondsAndNanoseconds_saturates() {
    assertThat(ktime_set(3, 1_500_000_000)).isEqualTo(4_500_000_000L);
    assertThat(ktime_set(-1, 0)).isEqualTo(-1_000_000_000);
    assertThat(KTIME_SEC_MAX).isEqualTo(9_223_372_036L);
    assertThat(ktime_set(KTIME_SEC_MAX, 0)).isEqualTo(9_223_372_036_854_775_807L);
  }

  @Test
  void ktime_to_ms_ofNegativeTimes_truncatesTowardZero() {
    assertThat(ktime_to_ms(ns_to_ktime(-1_500_000))).isEqualTo(-1);
    assertThat(ktime_to_us(ns_to_ktime(-1_500))).isEqualTo(-1);
    assertThat(ktime_to_ns(-7)).isEqualTo(-7);
  }

  @Test
  void ktime_compare_ordersTimes() {
    assertThat(ktime_compare(1, 2)).isEqualTo(-1);
    assertThat(ktime_compare(2, 2)).isZero();
    assertThat(ktime_compare(3, 2)).isEqualTo(1);
    assertThat(ktime_after(3, 2)).isTrue();
    assertThat(ktime_before(3, 2)).isFalse();
    assertThat(ktime_equal(2, 2)).isTrue();
  }

  @Test
  void ktime_add_safe_thatOverflowsOrIsNegative_isKtimeMax() {
    assertThat(ktime_add_safe(KTIME_MAX, 1)).isEqualTo(KTIME_MAX);
    assertThat(ktime_add_safe(100, -1)).isEqualTo(KTIME_MAX);
    assertThat(ktime_add_safe(-1, 100)).isEqualTo(KTIME_MAX);
    assertThat(ktime_add_safe(1, 2)).isEqualTo(3);
  }

  @Test
  void ktime_arithmetic_scalesItsUnits() {
    assertThat(ktime_divns(1_000_000_000, 3)).isEqualTo(333_333_333);
    assertThatThrownBy(() -> ktime_divns(1, 0)).hasMessageContaining("divisor");
    assertThat(ktime_add_us(1, 2)).isEqualTo(2_001);
    assertThat(ktime_add_ms(1, 2)).isEqualTo(2_000_001);
    assertThat(ktime_sub_us(ktime_add_us(1, 2), 2)).isEqualTo(1);
    assertThat(ktime_sub_ms(ktime_add_ms(1, 2), 2)).isEqualTo(1);
    assertThat(ktime_sub_ns(ktime_add_ns(1, 2), 2)).isEqualTo(1);
    assertThat(ktime_us_delta(us_to_ktime(5), us_to_ktime(2))).isEqualTo(3);
    assertThat(ktime_ms_delta(ms_to_ktime(5), ms_to_ktime(2))).isEqualTo(3);
  }

  @Test
  void ktime_to_timespec64_ofANegativeTime_hasPositiveNanoseconds() {
    Timespec64 ts = ktime_to_timespec64(-1);
    assertThat(ts.tv_sec).isEqualTo(-1);
    assertThat(ts.tv_nsec).isEqualTo(999_999_999);
    assertThat(timespec64_to_ktime(ts)).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(Platform.class)
  void ktime_clocks_agree(Platform platform) {
    try (TestKernel kernel = TestKernel.boot(platform)) {
      long real = ktime_get_real();
      assertThat(ktime_mono_to_real(0)).isPositive().isLessThanOrEqualTo(real);
      assertThat(ktime_get_coarse_ns()).isLessThanOrEqualTo(ktime_get_raw_ns());
      assertThat(ktime_get_coarse_boottime()).isLessThanOrEqualTo(ktime_get_boottime());
      assertThat(ktime_get_coarse_real_ns()).isLessThanOrEqualTo(ktime_get_real_ns());
      long seconds = ktime_get_boottime_seconds();
      assertThat(ktime_get_seconds()).isGreaterThanOrEqualTo(seconds);
      if (kernel.isSim()) {
        assertThat(ktime_get_seconds()).isEqualTo(seconds);
      }
      Timespec64 raw = new Timespec64();
      ktime_get_raw_ts64(raw);
      assertThat(timespec64_to_ktime(raw)).isLessThanOrEqualTo(ktime_get());
    }
  }
}
