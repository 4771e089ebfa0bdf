package jiffy.runtime.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import jiffy.types.TimerList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Both wheels against a sorted map: random arms, push-backs in place, slacks, deletes, also while a
 * list is being run, and passages of time, from clocks at the edges. Each timer runs in the jiffy
 * that its arming promised, none before its expiry. Operations: {@code -Djiffy.model.operations=N}.
 */
class WheelModelTest {
  private static final int OPERATIONS = Integer.getInteger("jiffy.model.operations", 50_000);

  private final Random random = new Random(42);
  private final Map<TimerList, Long> dueAt = new HashMap<>();

  /** By distance from the start, for the start may be negative. */
  private final TreeMap<Long, Integer> due = new TreeMap<>();

  private final List<TimerList> timers = new ArrayList<>();
  private Wheel wheel;
  private long start;
  private long now;

  @ParameterizedTest
  @CsvSource({
    "6.1, 0", "6.1, 63", "6.1, 4095", "6.1, 4294892296", "6.1, 4294967195",
    "6.1, 1099511627776", "6.1, -1000", "cascading, 0", "cascading, 255", "cascading, 16383",
    "cascading, 4294892296", "cascading, 4294967195", "cascading, 67108863", "cascading, -1000"
  })
  void wheel_underRandomOperations_agreesWithASortedMap(String kind, long from) {
    start = from;
    now = from;
    wheel = Wheel.make(kind, 250, from);
    for (int i = 0; i < 200; i++) {
      TimerList timer = new TimerList();
      timer.__flags = TimerFlags.takenOut(0);
      timers.add(timer);
    }
    for (int step = 0; step < OPERATIONS; step++) {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3, 4, 5, 6 -> change();
        case 7 -> pass(1L << random.nextInt(24));
        default -> pass(1L << random.nextInt(6));
      }
      if (!due.isEmpty()) {
        assertThat(wheel.refreshNextExpiry() - start).isLessThanOrEqualTo(due.firstKey());
      }
    }
  }

  private void change() {
    TimerList timer = timers.get(random.nextInt(timers.size()));
    switch (random.nextInt(7)) {
      case 0, 1, 2, 3 -> arm(timer);
      case 4, 5 -> pushBack(timer);
      default -> delete(timer);
    }
  }

  private void arm(TimerList timer) {
    delete(timer);
    int slack = random.nextInt(4) > 0 ? -1 : random.nextInt(2000);
    timer.__flags =
        timer.__flags & ~TimerFlags.SLACK_MASK | Slack.code(slack) << TimerFlags.SLACK_SHIFT;
    long expires = now + (1L << random.nextInt(30)) - random.nextInt(50);
    wheel.forward(now);
    timer.expires = expires;
    wheel.enqueue(timer, wheel.locate(expires, timer.__flags));
    long promised =
        wheel.target == Wheel.FINE
            ? Math.max(Wheel.dueAt(expires, timer.__flags), wheel.clk)
            : wheel.bucketExpiry;
    assertThat(promised - expires).isNotNegative();
    if (slack >= 0 && expires - now > 0) {
      assertThat(promised - expires).isLessThanOrEqualTo(slack);
    }
    note(timer, promised);
  }

  private void pushBack(TimerList timer) {
    if (!dueAt.containsKey(timer) || (timer.__flags & TimerFlags.SLACK_MASK) != 0) {
      return;
    }
    long expires = timer.expires + random.nextInt(1 << random.nextInt(20));
    wheel.forward(now);
    // Where a timer that is armed now would go, had the run of the wheel come as far as now.
    Wheel fresh = new TimerWheel(250, Math.max(now - start, wheel.clk - start) + start);
    fresh.locate(expires, 0);
    long promised = fresh.bucketExpiry;
    if (wheel.pushBack(timer, timer.__flags, expires, now)) {
      forget(timer);
      note(timer, promised);
    }
  }

  private void delete(TimerList timer) {
    assertThat(timer.__prev != null).isEqualTo(dueAt.containsKey(timer));
    if (timer.__prev != null) {
      wheel.detach(timer);
      forget(timer);
    }
  }

  private void pass(long jiffies) {
    now += jiffies;
    long before = -1;
    while (wheel.collect(now)) {
      long at = wheel.clk - 1;
      assertThat(at - start).isGreaterThan(before);
      before = at - start;
      for (TimerList t = wheel.firstExpired(); t != null; t = wheel.firstExpired()) {
        take(t, at);
        if (random.nextInt(8) == 0) { // as a callback does, or another CPU meanwhile
          change();
        }
      }
    }
    assertThat(due.headMap(now - start, true)).isEmpty();
  }

  /** As TimerBase does. */
  private void take(TimerList timer, long at) {
    int flags = timer.__flags;
    int target = TimerFlags.target(flags);
    wheel.detach(timer);
    if (target != 0 && wheel.targetExpiry(timer.expires, flags, target) - wheel.clk >= 0) {
      wheel.fileAgain(timer, flags, target);
      return;
    }
    if (target == 0 || wheel.clk == at + 1) {
      assertThat(at).isEqualTo(dueAt.get(timer));
    } else { // an arming during the run has moved the clock on, to where this one is due already
      assertThat(dueAt.get(timer)).isBetween(at, wheel.clk - 1);
    }
    forget(timer);
  }

  private void note(TimerList timer, long promised) {
    dueAt.put(timer, promised);
    due.merge(promised - start, 1, Integer::sum);
  }

  private void forget(TimerList timer) {
    due.computeIfPresent(dueAt.remove(timer) - start, (at, count) -> count == 1 ? null : count - 1);
  }
}
