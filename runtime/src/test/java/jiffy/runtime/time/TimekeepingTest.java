package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Delay.udelay;
import static jiffy.linux.Jiffies.INITIAL_JIFFIES;
import static jiffy.linux.Jiffies.TICK_NSEC;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.add_timer_on;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.init_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.round_jiffies;
import static jiffy.linux.Timers.round_jiffies_up;
import static jiffy.linux.Timers.setup_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.linux.Timers.timer_shutdown_sync;
import static jiffy.linux.Timers.try_to_del_timer_sync;
import static jiffy.runtime.TestKernel.FAR;
import static jiffy.runtime.time.TimerFixture.THERE;
import static jiffy.runtime.time.TimerFixture.awaitAnother;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.ToIntFunction;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md and truth/semprobe_timer.dmesg on what the calls on timers do and
 * return. When timers run is in {@link TimerOrderTest}.
 */
@OnBothPlatforms
class TimekeepingTest extends CallbackFixture {
  private final TimerList timer = new TimerList();
  private final TimerList other = new TimerList();

  TimekeepingTest(Platform platform) {
    super(platform);
  }

  private void countingTimer() {
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
  }

  private void awaitRuns(int expected) {
    kernel.until("the timer runs", () -> runs.get() == expected);
  }

  /** Returns when the timer's callback is on the other CPU, where it stays until the release. */
  private void holdCallbackThere(boolean rearms) {
    timer_setup(
        timer,
        t -> {
          seen.add(smp_processor_id());
          if (rearms) {
            mod_timer(t, jiffies() + FAR);
          }
          stay();
        },
        0);
    timer.expires = jiffies();
    add_timer_on(timer, THERE);
    kernel.until("the callback is entered", entered::get);
    assertThat(timer_pending(timer)).isEqualTo(rearms);
  }

  @Test
  void mod_timer_ofAnInactiveTimer_returns0_ofAPendingOne1() {
    countingTimer();
    long j = jiffies();
    assertThat(mod_timer(timer, j + FAR)).isZero();
    assertThat(timer_pending(timer)).isTrue();
    assertThat(mod_timer(timer, j + FAR)).isEqualTo(1);
    assertThat(mod_timer(timer, j + 2 * FAR)).isEqualTo(1);
    assertThat(mod_timer(timer, j + 2 * FAR + 1)).isEqualTo(1);
    assertThat(timer.expires).isEqualTo(j + 2 * FAR + 1);
  }

  @Test
  void del_timer_ofAPendingTimer_returns1AndItNeverRuns() {
    countingTimer();
    for (ToIntFunction<TimerList> delete : deletions()) {
      assertThat(delete.applyAsInt(timer)).isZero();
      mod_timer(timer, jiffies() + FAR);
      assertThat(delete.applyAsInt(timer)).isEqualTo(1);
      assertThat(timer_pending(timer)).isFalse();
      assertThat(delete.applyAsInt(timer)).isZero();
    }
    local_bh_disable();
    long expires = jiffies() + 5;
    mod_timer(timer, expires);
    assertThat(del_timer(timer)).isEqualTo(1);
    local_bh_enable();
    awaitAnother(kernel, expires + 1);
    assertThat(runs).hasValue(0);
  }

  private static List<ToIntFunction<TimerList>> deletions() {
    return List.of(t -> del_timer(t), t -> del_timer_sync(t), t -> try_to_del_timer_sync(t));
  }

  @Test
  void del_timer_ofAnExpiredTimer_returns0() {
    countingTimer();
    long expires = jiffies() + 5;
    mod_timer(timer, expires);
    awaitRuns(1);
    assertThat(del_timer(timer)).isZero();
    assertThat(del_timer_sync(timer)).isZero(); // its callback may not have returned yet
    assertThat(try_to_del_timer_sync(timer)).isZero();
    assertThat(timer.expires).isEqualTo(expires);
  }

  @Test
  void add_timer_onPendingTimer_isIgnoredWithOneWarningABoot() {
    countingTimer();
    long expires = jiffies() + FAR;
    timer.expires = expires;
    add_timer(timer);
    add_timer(timer);
    add_timer_on(timer, THERE);
    add_timer(timer);
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("which is pending"))
        .singleElement()
        .asString()
        .contains("add_timer of");
    assertThat(del_timer(timer)).isEqualTo(1);
    assertThat(timer.expires).isEqualTo(expires);
    timer.expires = jiffies();
    add_timer(timer);
    awaitRuns(1);
    kernel.settle();
    assertThat(runs).hasValue(1);
  }

  @Test
  void mod_timer_withoutFunction_isSilentlyIgnored() {
    int lines = machine.dmesg().size();
    TimerList zeroed = new TimerList();
    assertThat(mod_timer(zeroed, jiffies() + 1)).isZero();
    init_timer(timer);
    timer.expires = jiffies() + 1;
    add_timer(timer);
    assertThat(timer_pending(zeroed)).isFalse();
    assertThat(timer_pending(timer)).isFalse();
    assertThat(machine.dmesg()).hasSize(lines);
  }

  @Test
  void timer_shutdown_sync_makesTheTimerDeadWithoutAWarning() {
    countingTimer();
    mod_timer(timer, jiffies() + FAR);
    int lines = machine.dmesg().size();
    assertThat(timer_shutdown_sync(timer)).isEqualTo(1);
    assertThat(mod_timer(timer, jiffies() + 1)).isZero();
    assertThat(timer_pending(timer)).isFalse();
    timer.expires = jiffies() + 1;
    add_timer(timer);
    assertThat(timer_pending(timer)).isFalse();
    awaitAnother(kernel, jiffies() + 2);
    assertThat(runs).hasValue(0);
    assertThat(machine.dmesg()).hasSize(lines);
  }

  @Test
  void timer_pending_isTrueBefore_falseInsideUntilItIsArmed_falseAfter() {
    timer_setup(
        timer,
        t -> {
          seen.add(timer_pending(t));
          if (runs.get() == 0) {
            mod_timer(t, jiffies() + 1);
          }
          seen.add(timer_pending(t));
          runs.incrementAndGet();
        },
        0);
    local_bh_disable();
    mod_timer(timer, jiffies() + 1);
    assertThat(timer_pending(timer)).isTrue();
    local_bh_enable();
    awaitRuns(2);
    assertThat(seen).containsExactly(false, true, false, false);
    assertThat(timer_pending(timer)).isFalse();
  }

  @Test
  void del_timer_inItsOwnCallback_returns0_andAfterRearming1() {
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          seen.add(del_timer(t));
          seen.add(mod_timer(t, jiffies() + 1));
          seen.add(del_timer(t));
        },
        0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("the timer runs", () -> seen.size() == 3);
    assertThat(seen).containsExactly(0, 0, 1);
    awaitAnother(kernel, jiffies() + 2);
    assertThat(runs).hasValue(1);
  }

  @Test
  void try_to_del_timer_sync_inItsOwnCallback_returnsMinus1AndLeavesItPending() {
    timer_setup(
        timer,
        t -> {
          seen.add(try_to_del_timer_sync(t));
          mod_timer(t, jiffies() + FAR);
          seen.add(try_to_del_timer_sync(t));
          runs.incrementAndGet();
        },
        0);
    mod_timer(timer, jiffies() + 1);
    awaitRuns(1);
    assertThat(seen).containsExactly(-1, -1);
    assertThat(del_timer_sync(timer)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void try_to_del_timer_sync_whileTheCallbackRunsElsewhere_returnsMinus1(boolean rearmed) {
    holdCallbackThere(rearmed);
    assertThat(try_to_del_timer_sync(timer)).isEqualTo(-1);
    assertThat(timer_pending(timer)).isEqualTo(rearmed);
  }

  @ParameterizedTest
  @CsvSource({"false, 0", "true, 1"})
  void del_timer_whileTheCallbackRunsElsewhere_returnsAtOnce(boolean rearmed, int result) {
    holdCallbackThere(rearmed);
    assertThat(del_timer(timer)).isEqualTo(result);
    assertThat(left).as("nobody has let it go").isFalse();
  }

  @Test
  void mod_timer_whileTheCallbackRunsElsewhere_armsOnThatCpu() {
    holdCallbackThere(false);
    assertThat(mod_timer(timer, jiffies() + 1)).isZero();
    assertThat(timer_pending(timer)).isTrue();
    release.set(true);
    kernel.until("it runs once more", () -> seen.size() == 2);
    assertThat(seen).containsExactly(THERE, THERE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void del_timer_sync_whileTheCallbackRunsElsewhere_waits(boolean rearmed) {
    holdCallbackThere(rearmed);
    timer_setup(other, t -> release.set(true), 0);
    mod_timer(other, jiffies() + 5);
    assertThat(del_timer_sync(timer)).isEqualTo(rearmed ? 1 : 0);
    assertThat(left).isTrue();
    assertThat(timer_pending(timer)).isFalse();
  }

  /** Meets it before, in and after its callback, which takes 3 ms. */
  @Test
  void del_timer_sync_ofATimerThatRearmsItself_returns() {
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          mdelay(3);
          mod_timer(timer, jiffies() + 1);
        },
        0);
    for (int i = 0; i < 20; i++) {
      int before = runs.get();
      mod_timer(timer, jiffies() + i % 3);
      kernel.until("it runs", () -> runs.get() > before);
      udelay(i * 300);
      del_timer_sync(timer);
      int after = runs.get();
      assertThat(timer_pending(timer)).isFalse();
      kernel.settle();
      assertThat(runs).as("it is not running, nor armed").hasValue(after);
    }
  }

  @Test
  void del_timer_sync_inItsOwnCallback_warnsDeactivatesAndReturns() {
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          mod_timer(t, jiffies() + 1);
          seen.add(del_timer_sync(t));
        },
        0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("the timer runs", () -> seen.size() == 1);
    assertThat(seen).containsExactly(1);
    assertThat(timer_pending(timer)).isFalse();
    awaitAnother(kernel, jiffies() + 2);
    assertThat(runs).hasValue(1);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("from its own callback would wait for itself"));
  }

  @Test
  void setup_timer_callsTheFunctionWithItsData() {
    setup_timer(timer, seen::add, "the data");
    mod_timer(timer, jiffies() + 1);
    kernel.until("the timer runs", () -> !seen.isEmpty());
    assertThat(seen).containsExactly("the data");
  }

  @Test
  void init_timer_withFieldsSetLater_works() {
    init_timer(timer);
    timer.function = seen::add;
    timer.data = 42;
    timer.expires = jiffies() + 1;
    add_timer(timer);
    kernel.until("the timer runs", () -> !seen.isEmpty());
    assertThat(seen).containsExactly(42);
  }

  @Test
  void jiffies_countTheTicksSinceBootFromInitialJiffies() {
    long before = machine.uptimeNanos();
    long j = jiffies();
    long after = machine.uptimeNanos();
    assertThat(INITIAL_JIFFIES()).isEqualTo(4_294_892_296L);
    assertThat(j - INITIAL_JIFFIES()).isBetween(before / TICK_NSEC(), after / TICK_NSEC());
  }

  @ParameterizedTest
  @CsvSource({"17, 0, 250", "167, 250, 250", "168, 250, 250", "229, 250, 250", "0, 0, 250"})
  void round_jiffies_onCpu0_goesToAMultipleOfHz(long remainder, long rounded, long up) {
    long future = (jiffies() / 250 + FAR) * 250;
    assertThat(round_jiffies(future + remainder)).isEqualTo(future + rounded);
    assertThat(round_jiffies_up(future + remainder)).isEqualTo(future + up);
  }
}
