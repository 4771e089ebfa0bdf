package jiffy.runtime.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
  private static final long INITIAL_JIFFIES = 4294892296L;

  record Vector(long clock, long expires, int level, long bucketExpiry) {}

  static Stream<Vector> vectors() throws IOException {
    try (InputStream in = TimerWheelTest.class.getResourceAsStream("/vectors/timerwheel.tsv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.startsWith("#"))
              .map(line -> line.split("\t"))
              .map(
                  f ->
                      new Vector(
                          Long.parseLong(f[0]),
                          Long.parseLong(f[1]),
                          f[2].equals("past") ? 0 : Integer.parseInt(f[2]),
                          Long.parseLong(f[3])))
              .toList()
              .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void index_ofEachVector_givesItsLevelAndBucketExpiry(Vector vector) {
    TimerWheel wheel = new TimerWheel(250, vector.clock);

    int bucket = wheel.index(vector.expires);

    assertThat(wheel.bucketExpiry()).isEqualTo(vector.bucketExpiry);
    assertThat(bucket >> 6).isEqualTo(vector.level);
  }

  @Test
  void collect_equalExpiries_givesNewestFirst() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    List<TimerList> timers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      timers.add(arm(wheel, new TimerList(), INITIAL_JIFFIES + 10));
    }

    List<TimerList> ran = run(wheel, INITIAL_JIFFIES + 11);

    assertThat(ran)
        .containsExactly(
            timers.get(5),
            timers.get(4),
            timers.get(3),
            timers.get(2),
            timers.get(1),
            timers.get(0));
  }

  @Test
  void detach_ofATimerInAListBeingRun_takesItOut() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    TimerList first = arm(wheel, new TimerList(), INITIAL_JIFFIES + 10);
    TimerList second = arm(wheel, new TimerList(), INITIAL_JIFFIES + 10);
    assertThat(wheel.collect(INITIAL_JIFFIES + 11)).isTrue();
    assertThat(wheel.nextExpired()).isSameAs(second);

    assertThat(first.__prev).isNotNull();
    assertThat(wheel.detach(first)).isTrue();
    assertThat(wheel.nextExpired()).isNull();
  }

  @Test
  void forward_afterLongerIdleThanTheWheelReaches_keepsShortTimersExact() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    long later = INITIAL_JIFFIES + 5 * TimerWheel.MAX_DELTA;

    wheel.forward(later);
    wheel.index(later + 10);

    assertThat(wheel.bucketExpiry()).isEqualTo(later + 11);
  }

  /**
   * Against a sorted map: random arms, push-backs, deletes and passages of time, from clocks at the
   * edges. Each timer runs at its bucket's jiffy as computed at its arming, never before its expiry
   * and at most one granule after.
   */
  @ParameterizedTest
  @ValueSource(longs = {0, 63, 4095, INITIAL_JIFFIES, 0xffff_ffffL - 100, 1L << 40, -1000})
  void wheel_underRandomOperations_agreesWithASortedMap(long start) {
    Random random = new Random(42);
    TimerWheel wheel = new TimerWheel(250, start);
    Map<TimerList, Long> dueAt = new HashMap<>();
    TreeMap<Long, Integer> due = new TreeMap<>();
    List<TimerList> timers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      timers.add(new TimerList());
    }
    long now = start;
    for (int step = 0; step < 50_000; step++) {
      TimerList timer = timers.get(random.nextInt(timers.size()));
      int kind = random.nextInt(10);
      if (kind < 5) {
        if (wheel.detach(timer)) {
          due.merge(dueAt.remove(timer) - start, -1, TimerWheelTest::sum);
        }
        wheel.forward(now);
        long expires = now + (1L << random.nextInt(31)) - random.nextInt(50);
        wheel.enqueue(timer, wheel.index(expires), wheel.bucketExpiry());
        timer.expires = expires;
        dueAt.put(timer, wheel.bucketExpiry());
        due.merge(wheel.bucketExpiry() - start, 1, TimerWheelTest::sum);
      } else if (kind < 7) {
        boolean was = dueAt.containsKey(timer);
        assertThat(wheel.detach(timer)).isEqualTo(was);
        if (was) {
          due.merge(dueAt.remove(timer) - start, -1, TimerWheelTest::sum);
        }
      } else {
        now += 1L << random.nextInt(kind == 9 ? 24 : 6);
        long before = start - 1;
        while (wheel.collect(now)) {
          long at = wheel.clock() - 1;
          assertThat(at - start).isGreaterThan(before - start);
          before = at;
          for (TimerList ran = wheel.nextExpired(); ran != null; ran = wheel.nextExpired()) {
            long promised = dueAt.remove(ran);
            assertThat(at).isEqualTo(promised);
            assertThat(ran.__prev).isNull();
            due.merge(promised - start, -1, TimerWheelTest::sum);
          }
        }
        assertThat(due.headMap(now - start, true)).isEmpty();
      }
      if (!due.isEmpty()) {
        assertThat(wheel.refreshNextExpiry() - start).isLessThanOrEqualTo(due.firstKey());
      }
    }
  }

  private static Integer sum(Integer a, Integer b) {
    int sum = a + b;
    return sum == 0 ? null : sum;
  }

  private static TimerList arm(TimerWheel wheel, TimerList timer, long expires) {
    timer.expires = expires;
    wheel.enqueue(timer, wheel.index(expires), wheel.bucketExpiry());
    return timer;
  }

  private static List<TimerList> run(TimerWheel wheel, long now) {
    List<TimerList> ran = new ArrayList<>();
    while (wheel.collect(now)) {
      for (TimerList t = wheel.nextExpired(); t != null; t = wheel.nextExpired()) {
        ran.add(t);
      }
    }
    return ran;
  }
}
