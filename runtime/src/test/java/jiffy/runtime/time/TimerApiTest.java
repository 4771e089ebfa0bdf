package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.DEFINE_TIMER;
import static jiffy.linux.Timers.TIMER_DEFERRABLE;
import static jiffy.linux.Timers.TIMER_INITIALIZER;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.add_timer_on;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.from_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.mod_timer_pending;
import static jiffy.linux.Timers.set_timer_slack;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_reduce;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.linux.Timers.timer_shutdown;
import static jiffy.linux.Timers.timer_shutdown_sync;
import static jiffy.linux.Timers.try_to_del_timer_sync;
import static jiffy.runtime.TestKernel.FAR;
import static jiffy.runtime.time.TimerFixture.THERE;
import static jiffy.runtime.time.TimerFixture.assertExactOrLate;
import static jiffy.runtime.time.TimerFixture.awaitAnother;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.Simulation;
import jiffy.runtime.TestKernel;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rest of linux/timer.h, on both wheels. */
@OnBothPlatforms
class TimerApiTest {
  private final Platform platform;
  private final List<Long> ran = new CopyOnWriteArrayList<>();
  private final List<Integer> cpus = new CopyOnWriteArrayList<>();
  private final TimerList timer = new TimerList();
  private TestKernel kernel;

  TimerApiTest(Platform platform) {
    this.platform = platform;
  }

  private void boot(String wheel) {
    kernel = TestKernel.boot(platform, "timer_wheel=" + wheel);
    timer_setup(timer, t -> ran.add(jiffies()), 0);
  }

  /** For a test that goes by exact buckets, or over days. @return the hand on the clock */
  private Simulation bootSim(String wheel) {
    boot(wheel);
    kernel.virtualTimeOnly("exact buckets, or days");
    return kernel.sim();
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void awaitRuns(int expected) {
    kernel.until("the timer runs", () -> ran.size() == expected);
  }

  /** The wheel has been empty for days: what it says of its next expiry is from long ago. */
  @ParameterizedTest
  @CsvSource({"6.1, 0, 1", "6.1, 800000000, 800000000", "cascading, 0, 2147483648"})
  void mod_timer_farAwayOnAnIdleCpu_fires(String wheel, long idle, long delay) {
    Simulation sim = bootSim(wheel);
    mod_timer(timer, jiffies() + 1);
    sim.advanceToJiffies(jiffies() + 3 + idle);
    ran.clear();
    long expires = jiffies() + delay;
    mod_timer(timer, expires);
    sim.advanceToJiffies(expires + delay / 8 + 2);
    assertThat(ran).hasSize(1);
    mod_timer(timer, jiffies() + 10);
    sim.advanceToJiffies(jiffies() + 12);
    assertThat(ran).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void mod_timer_pending_ofAnInactiveTimer_returns0AndDoesNotArm(String wheel) {
    boot(wheel);
    long j = jiffies();
    assertThat(mod_timer_pending(timer, j + 1)).isZero();
    assertThat(timer_pending(timer)).isFalse();
    awaitAnother(kernel, j + 2);
    assertThat(ran).isEmpty();
    mod_timer(timer, j + FAR);
    assertThat(mod_timer_pending(timer, jiffies() + 10)).isEqualTo(1);
    awaitRuns(1);
  }

  /** Linux looks at the expiry before anything else, in each of the three calls. */
  @Test
  void mod_timer_pending_toTheSameExpiryWhenItIsNearer_leavesItInItsCoarseBucket() {
    Simulation sim = bootSim("6.1");
    sim.advanceToJiffies((jiffies() >> 3 << 3) + 8);
    long expires = jiffies() + 64;
    mod_timer(timer, expires);
    sim.advanceToJiffies(expires - 20);
    assertThat(mod_timer_pending(timer, expires)).isEqualTo(1);
    assertThat(mod_timer(timer, expires)).isEqualTo(1);
    assertThat(timer_reduce(timer, expires)).isEqualTo(1);
    sim.advanceToJiffies(expires + 20);
    assertThat(ran).containsExactly(expires + 8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void timer_reduce_neverPushesBack(String wheel) {
    boot(wheel);
    long j = jiffies();
    assertThat(timer_reduce(timer, j + FAR)).as("arms").isZero();
    assertThat(timer_reduce(timer, j + 2 * FAR)).isEqualTo(1);
    assertThat(timer.expires).isEqualTo(j + FAR);
    assertThat(timer_reduce(timer, j + 20)).isEqualTo(1);
    assertThat(timer.expires).isEqualTo(j + 20);
    awaitRuns(1);
    assertThat(ran.get(0)).isGreaterThanOrEqualTo(j + 20);
  }

  @ParameterizedTest
  @CsvSource({"6.1, 21", "cascading, 20"})
  void shutdown_makesTheTimerDeadUntilItIsSetUpAgain(String wheel, long delay) {
    boot(wheel);
    mod_timer(timer, jiffies() + FAR);
    assertThat(timer_shutdown(timer)).isEqualTo(1);
    assertThat(mod_timer(timer, jiffies() + FAR)).isZero();
    assertThat(timer_pending(timer)).isFalse();
    assertThat(timer_shutdown_sync(timer)).isZero();

    timer_setup(timer, t -> ran.add(jiffies()), 0);
    long j = jiffies();
    mod_timer(timer, j + 20);
    awaitRuns(1);
    assertExactOrLate(kernel, ran.get(0), j + delay);
  }

  @ParameterizedTest
  @CsvSource({"6.1, 0", "6.1, 7", "6.1, 100", "cascading, 0", "cascading, 7", "cascading, 100"})
  void set_timer_slack_n_firesWithinN_howeverFar(String wheel, int slack) {
    Simulation sim = bootSim(wheel);
    set_timer_slack(timer, slack);
    for (long delay : new long[] {1, 10, 63, 70, 500, 504, 5_000, 123_456, 1_234_567}) {
      ran.clear();
      long expires = jiffies() + delay;
      mod_timer(timer, expires);
      sim.advanceToJiffies(expires + slack + 1);
      assertThat(ran).as("%d jiffies", delay).hasSize(1);
      assertThat(ran.get(0) - expires).isBetween(0L, (long) slack);
    }
  }

  @ParameterizedTest
  @CsvSource({"6.1, 0", "6.1, 7", "6.1, 100", "cascading, 0", "cascading, 7", "cascading, 100"})
  void set_timer_slack_n_isNeverEarly(String wheel, int slack) {
    boot(wheel);
    set_timer_slack(timer, slack);
    for (long delay : new long[] {1, 10, 70}) {
      ran.clear();
      long expires = jiffies() + delay;
      mod_timer(timer, expires);
      awaitRuns(1);
      assertThat(ran.get(0)).isGreaterThanOrEqualTo(expires);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void set_timer_slack_sharesAJiffyWithOthers(String wheel) {
    Simulation sim = bootSim(wheel);
    long j = jiffies();
    List<TimerList> timers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      TimerList each = new TimerList();
      timer_setup(each, t -> ran.add(jiffies()), 0);
      set_timer_slack(each, 31);
      mod_timer(each, j + 1000 + i);
      timers.add(each);
    }
    sim.advanceToJiffies(j + 1100);
    assertThat(ran).hasSize(8);
    assertThat(ran.stream().distinct()).hasSizeLessThanOrEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void deferrableTimer_doesNotWakeTheCpu_butRunsWhenItIsAwake(String wheel) {
    Simulation sim = bootSim(wheel);
    long j = jiffies();
    timer_setup(timer, t -> ran.add(jiffies()), TIMER_DEFERRABLE);
    mod_timer(timer, j + 5);
    sim.advanceToJiffies(j + 400);
    assertThat(ran).isEmpty();
    assertThat(timer_pending(timer)).isTrue();

    TimerList other = new TimerList();
    timer_setup(other, t -> {}, 0);
    mod_timer(other, j + 410);
    sim.advanceToJiffies(j + 420);
    assertThat(ran).hasSize(1);
  }

  /** That it does not wake the CPU is seen on virtual time only: a thread may wake by itself. */
  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void deferrableTimer_runsWhenTheCpuIsAwake(String wheel) {
    boot(wheel);
    timer_setup(timer, t -> ran.add(jiffies()), TIMER_DEFERRABLE);
    long j = jiffies();
    mod_timer(timer, j + 1);
    awaitAnother(kernel, j + 3);
    awaitRuns(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void add_timer_on_runsThere_andStaysWhenItArmsItself(String wheel) {
    boot(wheel);
    timer_setup(
        timer,
        t -> {
          cpus.add(smp_processor_id());
          if (cpus.size() < 3) {
            mod_timer(t, jiffies() + 3);
          }
        },
        0);
    timer.expires = jiffies() + 5;
    add_timer_on(timer, THERE);
    kernel.until("it has run thrice", () -> cpus.size() == 3);
    assertThat(cpus).containsExactly(THERE, THERE, THERE);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 1023, -1})
  void add_timer_on_whereThereIsNoCpu_isRefusedByName(int cpu) {
    boot("6.1");
    assertThatThrownBy(() -> add_timer_on(timer, cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no CPU " + cpu)
        .hasMessageContaining("CPUs 0 to 1");
    assertThat(timer_pending(timer)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void add_timer_on_fromItsOwnCallback_movesTheTimer(String wheel) {
    boot(wheel);
    timer_setup(
        timer,
        t -> {
          cpus.add(smp_processor_id());
          t.expires = jiffies() + 3;
          add_timer_on(t, 1 - smp_processor_id());
        },
        0);
    timer.expires = jiffies() + 5;
    add_timer_on(timer, 0);
    kernel.until("it has run thrice", () -> cpus.size() >= 3);
    assertThat(cpus).startsWith(0, 1, 0);
    assertThat(del_timer_sync(timer)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void staticTimers_needNoSetup(String wheel) {
    boot(wheel);
    TimerList defined = DEFINE_TIMER(t -> ran.add(1L));
    TimerList old = TIMER_INITIALIZER(data -> ran.add((Long) data), jiffies() + 5, 2L);
    mod_timer(defined, jiffies() + 3);
    awaitRuns(1);
    add_timer(old);
    awaitRuns(2);
    assertThat(ran).containsExactly(1L, 2L);
    assertThat(del_timer_sync(old)).isZero(); // its callback may not have returned yet
    assertThat(try_to_del_timer_sync(old)).isZero();
  }

  /** A struct with a timer in it. */
  static final class Device {
    final TimerList timeout = TimerList.in(this);
  }

  @ParameterizedTest
  @ValueSource(strings = "6.1")
  void from_timer_findsTheContainer_orSaysWhatToDo(String wheel) {
    boot(wheel);
    Device device = new Device();
    assertThat(from_timer(Device.class, device.timeout)).isSameAs(device);
    assertThatThrownBy(() -> from_timer(Device.class, timer)).hasMessageContaining("TimerList.in");
    assertThatThrownBy(() -> from_timer(String.class, device.timeout))
        .hasMessageContaining("Device");
  }

  /** Pushed back in place, it runs where a timer armed at that moment would run. */
  @ParameterizedTest
  @CsvSource({"100, 1000, 1024", "100, 160, 168", "3000, 3100, 3136", "100, 30000, 30208"})
  void mod_timer_pushedBack_runsInTheBucketOfTheCall(long first, long second, long at) {
    Simulation sim = bootSim("6.1");
    sim.advanceToJiffies(4294893056L); // a multiple of 512
    long j = jiffies();
    mod_timer(timer, j + first);
    assertThat(mod_timer(timer, j + second)).isEqualTo(1);
    sim.advanceToJiffies(j + at - 1);
    assertThat(ran).isEmpty();
    sim.advanceToJiffies(j + at);
    assertThat(ran).containsExactly(j + at);
  }

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  void mod_timer_pushedBackThenEarlierThenDeleted_obeysTheLast(String wheel) {
    boot(wheel);
    long j = jiffies();
    mod_timer(timer, j + 5000);
    mod_timer(timer, j + 50_000);
    mod_timer(timer, j + 10);
    awaitRuns(1);
    assertExactOrLate(kernel, ran.get(0), wheel.equals("6.1") ? j + 11 : j + 10);
    local_bh_disable(); // or a slow host runs it in between
    long k = jiffies();
    mod_timer(timer, k + 10);
    mod_timer(timer, k + 5000);
    assertThat(del_timer(timer)).isEqualTo(1);
    local_bh_enable();
    awaitAnother(kernel, k + 12);
    if (kernel.isSim()) {
      kernel.sim().advanceToJiffies(k + 6000);
    }
    assertThat(ran).hasSize(1);
  }
}
