package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Delay.udelay;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.time_after;
import static jiffy.linux.Jiffies.time_before_eq;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Preempt.preempt_enable;
import static jiffy.linux.Smp.get_cpu;
import static jiffy.linux.Smp.put_cpu;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Spinlocks.DEFINE_SPINLOCK;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.TIMER_PINNED;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.add_timer_on;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.runtime.TestKernel.FAR;
import static jiffy.runtime.time.TimerFixture.HERE;
import static jiffy.runtime.time.TimerFixture.THERE;
import static jiffy.runtime.time.TimerFixture.assertExactOrLate;
import static jiffy.runtime.time.TimerFixture.awaitAnother;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import jiffy.kernel.Owner;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When, where and in which order timers run: the rows of truth/FACTS.md and
 * truth/semprobe_timer.dmesg.
 */
@OnBothPlatforms
class TimerOrderTest {
  /** Within so many jiffies are the timers of {@link #orderOf}. */
  private static final long SPAN = 40;

  private final TestKernel kernel;
  private final TimerList timer = new TimerList();
  private final TimerList other = new TimerList();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicLong ranAt = new AtomicLong();
  private final List<Object> seen = new CopyOnWriteArrayList<>();

  TimerOrderTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void countingTimer() {
    timer_setup(
        timer,
        t -> {
          seen.add(Thread.currentThread());
          ranAt.set(jiffies());
          runs.incrementAndGet();
        },
        0);
  }

  private void awaitRuns(int expected) {
    kernel.until("the timer runs", () -> runs.get() == expected);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "-10, 1", "-100000, 1", "1, 2", "5, 6", "50, 51", "62, 63"})
  void timer_expiringSoonOrInThePast_runsInTheJiffyAfter(long offset, long after) {
    countingTimer();
    udelay(1_234);
    long j = jiffies();
    mod_timer(timer, j + offset);
    awaitRuns(1);
    assertExactOrLate(kernel, ranAt.get(), j + after);
    assertThat(seen).as("not inside mod_timer").doesNotContain(Thread.currentThread());
    assertThat(timer.expires).isEqualTo(j + offset);
  }

  @ParameterizedTest
  @CsvSource({"2500, 64", "100, 8", "504, 64", "125, 8", "5000, 512"})
  void timer_expiringLater_runsAtTheNextGranule(long offset, long granule) {
    kernel.virtualTimeOnly("the granule depends on how far it was when it was armed");
    countingTimer();
    long j = jiffies();
    mod_timer(timer, j + offset);
    kernel.sim().runUntil(() -> runs.get() == 1);
    assertThat(ranAt).hasValue(((j + offset) / granule + 1) * granule);
  }

  @Test
  void timer_expiringBeyondHalfTheRange_countsAsPast() {
    countingTimer();
    mod_timer(timer, jiffies() + Long.MAX_VALUE);
    awaitAnother(kernel, jiffies() + 10);
    assertThat(runs).hasValue(0);
    assertThat(timer_pending(timer)).isTrue();
    long j = jiffies();
    mod_timer(timer, j + Long.MAX_VALUE + (kernel.isSim() ? 6 : FAR)); // the host's clock goes on
    awaitRuns(1);
    assertExactOrLate(kernel, ranAt.get(), j + 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 100})
  void callback_rearmingItselfWithJiffiesOrPast_isNoEndlessLoopInOneSoftirq(long back) {
    assertOneRunAJiffy(t -> mod_timer(t, jiffies() - back));
  }

  /** tdelay of jit. */
  @ParameterizedTest
  @ValueSource(longs = {1, 0, -5})
  void callback_addingItsDelayToItsExpiry_isNoEndlessLoopInOneSoftirq(long tdelay) {
    assertOneRunAJiffy(
        t -> {
          t.expires += tdelay;
          add_timer(t);
        });
  }

  /** A late CPU may run it twice in a jiffy, but all in all never more often than jiffies pass. */
  private void assertOneRunAJiffy(Consumer<TimerList> rearm) {
    List<Long> times = new CopyOnWriteArrayList<>();
    AtomicInteger depth = new AtomicInteger();
    timer_setup(
        timer,
        t -> {
          seen.add(depth.incrementAndGet());
          times.add(jiffies());
          if (times.size() < 6) {
            rearm.accept(t);
          }
          depth.decrementAndGet();
          runs.incrementAndGet();
        },
        0);
    long j = jiffies();
    timer.expires = j;
    add_timer(timer);
    awaitRuns(6);
    assertThat(seen).as("not inside the call that arms it").containsOnly(1);
    for (int i = 0; i < 6; i++) {
      assertExactOrLate(kernel, times.get(i), j + 1 + i);
    }
  }

  @Test
  void callback_armingAnotherForNow_letsItRunOneJiffyLater() {
    AtomicLong otherRan = new AtomicLong();
    timer_setup(other, t -> otherRan.set(jiffies()), 0);
    timer_setup(
        timer,
        t -> {
          ranAt.set(jiffies());
          mod_timer(other, jiffies());
        },
        0);
    mod_timer(timer, jiffies() + 5);
    kernel.until("the other runs", () -> otherRan.get() != 0);
    assertExactOrLate(kernel, otherRan.get(), ranAt.get() + 1);
  }

  @Test
  void callback_addingItsPeriodToExpires_runsEachPeriod() {
    List<Long> times = new CopyOnWriteArrayList<>();
    timer_setup(
        timer,
        t -> {
          times.add(jiffies());
          t.expires += 10;
          add_timer(t);
        },
        0);
    long j = jiffies();
    timer.expires = j + 10;
    add_timer(timer);
    kernel.until("three periods", () -> times.size() >= 3);
    for (int i = 0; i < 3; i++) {
      assertExactOrLate(kernel, times.get(i), j + 11 + 10 * i);
    }
    assertThat(del_timer_sync(timer)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void timers_ofEqualExpires_runNewestFirst(boolean heldOff) {
    assertThat(orderOf(heldOff, 5, 5, 5, 5, 5, 5)).containsExactly(5, 4, 3, 2, 1, 0);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void timers_ofDistinctExpires_runByExpires(boolean heldOff) {
    assertThat(orderOf(heldOff, 35, 30, 25, 20, 15, 10)).containsExactly(5, 4, 3, 2, 1, 0);
    assertThat(orderOf(heldOff, 15, 12, 20, 9, 6, 8)).containsExactly(4, 5, 3, 1, 0, 2);
  }

  @Test
  void timers_heldOffByBhDisable_runInsideLocalBhEnable() {
    assertThat(orderOf(true, 0, 5, 4, 3, 2, 1)).containsExactly(0, 5, 4, 3, 2, 1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void mod_timer_awayAndBack_movesToTheFrontOfTheList_butNotWithinTheBucket(boolean heldOff) {
    List<Object> order =
        orderOf(
            heldOff,
            6,
            (timers, j) -> {
              long expires = j + 20;
              timers.forEach(t -> mod_timer(t, expires));
              mod_timer(timers.get(0), expires + 10);
              assertThat(mod_timer(timers.get(0), expires)).isEqualTo(1);
              assertThat(mod_timer(timers.get(2), expires)).isEqualTo(1);
            });
    assertThat(order).containsExactly(0, 5, 4, 3, 2, 1);
  }

  private List<Object> orderOf(boolean heldOff, long... offsets) {
    return orderOf(
        heldOff,
        offsets.length,
        (timers, j) -> {
          for (int i = 0; i < offsets.length; i++) {
            mod_timer(timers.get(i), j + offsets[i]);
          }
        });
  }

  /**
   * Arms timers, and lets them run; with the CPU's softirqs held off until all are due, if so
   * asked. Once more if the host has taken so long over it that some were in the past when they
   * were armed: those have one expiry then.
   */
  private List<Object> orderOf(boolean heldOff, int count, ObjLongConsumer<List<TimerList>> arm) {
    boolean inTime;
    do {
      seen.clear();
      List<TimerList> timers = numberedTimers(count);
      local_bh_disable();
      long j = jiffies();
      arm.accept(timers, j);
      inTime = time_before_eq(jiffies(), j);
      if (heldOff) {
        awaitSoftirqAfter(j + SPAN);
        assertThat(seen).isEmpty();
        local_bh_enable();
        assertThat(seen).as("inside local_bh_enable()").hasSize(count);
      } else {
        local_bh_enable();
        kernel.until("all have run", () -> seen.size() == count);
      }
    } while (!inTime);
    return List.copyOf(seen);
  }

  private List<TimerList> numberedTimers(int count) {
    List<TimerList> timers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int number = i;
      TimerList each = new TimerList();
      timer_setup(each, t -> seen.add(number), 0);
      timers.add(each);
    }
    return timers;
  }

  /** Returns when what expires then is due, and the clock has interrupted the CPU. */
  private void awaitSoftirqAfter(long expires) {
    kernel.until(
        "the clock interrupts",
        () -> time_after(jiffies(), expires + 1) && kernel.self.context().cpu.raised.get() != 0);
  }

  /** As the probe does it. On Linux preempt_disable() does not hold off softirqs. */
  @Test
  void timers_heldOffByBhDisable_runInsideLocalBhEnable_withPreemptionDisabled() {
    TimerList held = numberedTimers(1).get(0);
    get_cpu();
    preempt_disable();
    local_bh_disable();
    long expires = jiffies() + 1;
    mod_timer(held, expires);
    awaitSoftirqAfter(expires);
    assertThat(seen).isEmpty();
    local_bh_enable();
    assertThat(seen).containsExactly(0);
    preempt_enable();
    put_cpu();
    assertThat(preempt_count()).isZero();
  }

  /** The callback may be waiting for that lock: then it runs when the lock is free. */
  @Test
  void timers_heldOffByBhDisable_doNotRunInsideLocalBhEnable_withALockHeld() {
    kernel.virtualTimeOnly("there the woken thread may run them meanwhile");
    TimerList held = numberedTimers(1).get(0);
    SpinlockT lock = DEFINE_SPINLOCK();
    preempt_disable();
    spin_lock(lock);
    mod_timer(held, jiffies() + 1);
    local_bh_disable();
    mdelay(20);
    local_bh_enable();
    assertThat(seen).isEmpty();
    spin_unlock(lock);
    local_bh_disable();
    local_bh_enable();
    assertThat(seen).containsExactly(0);
    preempt_enable();
  }

  /** Were it waited for inside local_bh_enable(), this would not end. */
  @Test
  void callback_thatWaitsForALock_isNotWaitedForByWhoHoldsItInLocalBhEnable() {
    SpinlockT lock = DEFINE_SPINLOCK();
    timer_setup(
        timer,
        t -> {
          spin_lock(lock);
          runs.incrementAndGet();
          spin_unlock(lock);
        },
        0);
    spin_lock(lock);
    local_bh_disable();
    long expires = jiffies() + 1;
    mod_timer(timer, expires);
    awaitSoftirqAfter(expires);
    local_bh_enable();
    assertThat(runs).hasValue(0);
    spin_unlock(lock);
    awaitRuns(1);
  }

  @Test
  void mod_timer_byATaskOfTheOtherCpu_runsThere() {
    timer_setup(timer, t -> seen.add(smp_processor_id()), 0);
    kernel.join(
        kernel
            .machine
            .tasks()
            .spawn("armer", Owner.CORE, THERE, () -> mod_timer(timer, jiffies() + 2)));
    kernel.until("the timer runs", () -> !seen.isEmpty());
    assertThat(seen).containsExactly(THERE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, TIMER_PINNED})
  void mod_timer_fromAnotherCpu_movesTheTimerToTheCallers(int flags) {
    timer_setup(timer, t -> seen.add(smp_processor_id()), flags);
    timer.expires = jiffies() + FAR;
    add_timer_on(timer, THERE);
    assertThat(mod_timer(timer, jiffies() + 1)).isEqualTo(1);
    kernel.until("the timer runs", () -> !seen.isEmpty());
    assertThat(seen).containsExactly(HERE);
  }
}
