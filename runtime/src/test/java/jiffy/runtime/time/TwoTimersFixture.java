package jiffy.runtime.time;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;

import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Platform;
import jiffy.types.TimerList;

/** What tests share of a timer that misbehaves, and another that must not suffer from it. */
abstract class TwoTimersFixture extends CallbackFixture {
  final TimerList timer = new TimerList();
  final TimerList other = new TimerList();
  final AtomicInteger otherRuns = new AtomicInteger();

  TwoTimersFixture(Platform platform) {
    super(platform);
  }

  void armOther(long inJiffies) {
    timer_setup(other, t -> otherRuns.incrementAndGet(), 0);
    mod_timer(other, jiffies() + inJiffies);
  }

  void awaitOther(int expected) {
    kernel.until("the other timer runs", () -> otherRuns.get() == expected);
  }
}
