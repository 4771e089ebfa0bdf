package jiffy.runtime.time;

import static jiffy.runtime.time.TimerWheelTest.run;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CascadingWheelTest {
  private static final long START = 4294892296L;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 255, 256, 257, 16383, 16384, 16385, 1 << 20, 1 << 26, 0xffff_ffffL})
  void timer_runsInTheJiffyOfItsExpiry(long delay) {
    CascadingWheel wheel = new CascadingWheel(START);
    TimerList timer = arm(wheel, new TimerList(), START, START + delay);

    assertThat(run(wheel, START + delay - 1)).isEmpty();
    assertThat(run(wheel, START + delay)).containsExactly(timer);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -100_000, Long.MIN_VALUE + 6})
  void timer_inThePast_runsInTheNextJiffy(long delay) {
    CascadingWheel wheel = new CascadingWheel(START);
    TimerList timer = arm(wheel, new TimerList(), START + 77, START + 77 + delay);

    assertThat(run(wheel, START + 77)).isEmpty();
    assertThat(run(wheel, START + 78)).containsExactly(timer);
  }

  @Test
  void timer_fartherThanTheWheelReaches_isDealtOutAgainAndRunsInItsJiffy() {
    CascadingWheel wheel = new CascadingWheel(START);
    long expires = START + 3 * 0xffff_ffffL + 12345;
    TimerList timer = arm(wheel, new TimerList(), START, expires);

    assertThat(run(wheel, expires - 1)).isEmpty();
    assertThat(run(wheel, expires)).containsExactly(timer);
  }

  @Test
  void timers_withEqualExpires_runOldestFirst_alsoAfterACascade() {
    CascadingWheel wheel = new CascadingWheel(START);
    List<TimerList> timers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      timers.add(arm(wheel, new TimerList(), START, START + 20_000));
    }
    assertThat(run(wheel, START + 20_000)).isEqualTo(timers);
  }

  @Test
  void detach_ofTheLastTimerOfAList_leavesNothingToWakeFor() {
    CascadingWheel wheel = new CascadingWheel(START);
    TimerList timer = arm(wheel, new TimerList(), START, START + 300);
    assertThat(wheel.refreshNextExpiry()).as("the cascade").isEqualTo(START + 300 >> 8 << 8);

    wheel.detach(timer);

    assertThat(wheel.isEmpty()).isTrue();
    assertThat(wheel.refreshNextExpiry()).isGreaterThan(START + 300);
  }

  private static TimerList arm(Wheel wheel, TimerList timer, long now, long expires) {
    wheel.forward(now);
    timer.expires = expires;
    wheel.enqueue(timer, wheel.locate(expires, timer.__flags));
    return timer;
  }
}
