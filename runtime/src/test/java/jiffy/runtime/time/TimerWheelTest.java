package jiffy.runtime.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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

    int bucket = wheel.locate(vector.expires, 0);

    assertThat(wheel.bucketExpiry).isEqualTo(vector.bucketExpiry);
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
    assertThat(wheel.firstExpired()).isSameAs(second);
    wheel.detach(second);

    assertThat(first.__prev).isNotNull();
    wheel.detach(first);
    assertThat(wheel.firstExpired()).isNull();
  }

  @Test
  void forward_afterLongerIdleThanTheWheelReaches_keepsShortTimersExact() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    long later = INITIAL_JIFFIES + 5 * TimerWheel.MAX_DELTA;

    wheel.forward(later);
    wheel.locate(later + 10, 0);

    assertThat(wheel.bucketExpiry).isEqualTo(later + 11);
  }

  @Test
  void pushBack_toALaterBucket_leavesTheTimerAndItsTarget() {
    TimerWheel wheel = new TimerWheel(250, 4294892800L);
    TimerList timer = arm(wheel, new TimerList(), 4294892800L + 100);
    TimerList head = timer.__prev;

    assertThat(wheel.pushBack(timer, timer.__flags, 4294892800L + 1000, 4294892801L)).isTrue();

    assertThat(timer.__prev).isSameAs(head);
    assertThat(timer.expires).isEqualTo(4294892800L + 1000);
    assertThat(TimerFlags.target(timer.__flags)).as("level 2").isEqualTo(3);
  }

  @Test
  void pushBack_toAnEarlierBucket_isRefused() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    TimerList timer = arm(wheel, new TimerList(), INITIAL_JIFFIES + 1000);

    assertThat(wheel.pushBack(timer, timer.__flags, INITIAL_JIFFIES + 100, INITIAL_JIFFIES))
        .isFalse();
    assertThat(timer.expires).isEqualTo(INITIAL_JIFFIES + 1000);
  }

  @Test
  void pushBack_atLevelZero_staysInTheBucketOrIsRefused() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    TimerList timer = arm(wheel, new TimerList(), INITIAL_JIFFIES + 10);

    assertThat(wheel.pushBack(timer, timer.__flags, INITIAL_JIFFIES + 11, INITIAL_JIFFIES))
        .isFalse();
  }

  @Test
  void pushBack_ofATimerThatIsOwned_isRefused() {
    TimerWheel wheel = new TimerWheel(250, INITIAL_JIFFIES);
    TimerList timer = arm(wheel, new TimerList(), INITIAL_JIFFIES + 100);
    int seen = timer.__flags;
    timer.__flags |= TimerFlags.MIGRATING;

    assertThat(wheel.pushBack(timer, seen, INITIAL_JIFFIES + 1000, INITIAL_JIFFIES)).isFalse();
  }

  /** The bucket has been run since the flags were read, and the timer is in it a turn later. */
  @Test
  void pushBack_afterTheBucketWasRun_isRefused() {
    TimerWheel wheel = new TimerWheel(250, 4294892800L);
    TimerList timer = arm(wheel, new TimerList(), 4294892800L + 70);
    int seen = timer.__flags;
    run(wheel, 4294892800L + 72);
    arm(wheel, timer, 4294892800L + 576);
    assertThat(timer.__flags).as("the same slot").isEqualTo(seen);

    assertThat(wheel.pushBack(timer, seen, 4294892800L + 300, 4294892800L + 72)).isFalse();
  }

  /**
   * A callback runs for 20 jiffies; meanwhile a timer of the same bucket, whose turn is yet to
   * come, is pushed back as far as the level reaches from now: farther than it reaches from the
   * wheel's clock, which stands where the bucket was.
   */
  @Test
  void pushBack_inAListBeingRunThatIsLate_doesNotRunATurnEarly() {
    long start = 4294892800L;
    TimerWheel wheel = new TimerWheel(250, start);
    TimerList slow = arm(wheel, new TimerList(), start + 100);
    TimerList timer = arm(wheel, new TimerList(), start + 100);
    long at = wheel.bucketExpiry;
    TimerList other = arm(wheel, new TimerList(), at + 500);
    assertThat(wheel.collect(at)).isTrue();
    long now = at + 20;

    assertThat(wheel.pushBack(timer, timer.__flags, now + 502, now)).isTrue();

    wheel.detach(slow);
    int flags = timer.__flags;
    wheel.detach(timer);
    wheel.fileAgain(timer, flags, TimerFlags.target(flags));
    wheel.detach(other); // the next expiry is looked for
    wheel.refreshNextExpiry();
    TimerList near = arm(wheel, new TimerList(), at + 15);
    assertThat(due(wheel, now)).containsExactly(near);
    assertThat(due(wheel, now + 502)).isEmpty();
    assertThat(due(wheel, now + 511)).containsExactly(timer);
  }

  private static TimerList arm(Wheel wheel, TimerList timer, long expires) {
    timer.expires = expires;
    wheel.enqueue(timer, wheel.locate(expires, timer.__flags));
    return timer;
  }

  /** What is due up to now, in order; taken out. */
  static List<TimerList> run(Wheel wheel, long now) {
    List<TimerList> ran = new ArrayList<>();
    while (wheel.collect(now)) {
      for (TimerList t = wheel.firstExpired(); t != null; t = wheel.firstExpired()) {
        wheel.detach(t);
        ran.add(t);
      }
    }
    return ran;
  }

  /** As {@link #run}, but what has a target that is yet to come is filed again. */
  private static List<TimerList> due(Wheel wheel, long now) {
    List<TimerList> ran = new ArrayList<>();
    while (wheel.collect(now)) {
      for (TimerList t = wheel.firstExpired(); t != null; t = wheel.firstExpired()) {
        int flags = t.__flags;
        int target = TimerFlags.target(flags);
        wheel.detach(t);
        if (target != 0 && wheel.targetExpiry(t.expires, flags, target) - wheel.clk >= 0) {
          wheel.fileAgain(t, flags, target);
        } else {
          ran.add(t);
        }
      }
    }
    return ran;
  }
}
