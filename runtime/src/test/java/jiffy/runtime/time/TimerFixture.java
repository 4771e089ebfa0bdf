package jiffy.runtime.time;

import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.runtime.TestKernel;
import jiffy.types.TimerList;

/** What tests of timers on both platforms share. */
final class TimerFixture {
  /** The CPU of the test, and the other one. */
  static final int HERE = 0;

  static final int THERE = 1;

  private TimerFixture() {}

  /** Returns when a timer of this CPU has run that was armed after all those that are due. */
  static void awaitAnother(TestKernel kernel, long expires) {
    AtomicBoolean ran = new AtomicBoolean();
    TimerList another = new TimerList();
    timer_setup(another, t -> ran.set(true), 0);
    mod_timer(another, expires);
    kernel.until("another timer runs", ran::get);
  }

  /** Of jiffies: they are exact on virtual time; the host may be late, but is never early. */
  static void assertExactOrLate(TestKernel kernel, long actual, long expected) {
    if (kernel.isSim()) {
      assertThat(actual).isEqualTo(expected);
    } else {
      assertThat(actual).isGreaterThanOrEqualTo(expected);
    }
  }
}
