package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.time_after;
import static jiffy.linux.Jiffies.time_before;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.TIMER_DEFERRABLE;
import static jiffy.linux.Timers.TIMER_PINNED;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.add_timer_on;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.runtime.time.HostTimers.FAR;
import static jiffy.runtime.time.HostTimers.HERE;
import static jiffy.runtime.time.HostTimers.THERE;
import static jiffy.runtime.time.HostTimers.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md on when, where and in which order timers run, on the host: a timer may
 * be late there, so what is asked of times is only that they are not early.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
class TimerOrderHostTest {
  private final HostTimers host = new HostTimers();
  private final TimerList timer = new TimerList();
  private final AtomicInteger runs = new AtomicInteger();
  private final ConcurrentLinkedQueue<Object> seen = new ConcurrentLinkedQueue<>();

  @AfterEach
  void halt() {
    host.close();
  }

  private void countingTimer() {
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
  }

  @Test
  void mod_timer_toTheSameExpiry_keepsThePlaceInTheQueue() {
    List<TimerList> timers = numberedTimers(6);
    local_bh_disable();
    long expires = jiffies() + 5;
    timers.forEach(t -> mod_timer(t, expires));
    mod_timer(timers.get(0), expires + 5);
    assertThat(mod_timer(timers.get(0), expires)).isEqualTo(1);
    assertThat(mod_timer(timers.get(2), expires)).isEqualTo(1);
    letRunAllUntil(expires);
    assertThat(seen).containsExactly(0, 5, 4, 3, 2, 1);
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "-1, 1", "-10, 1", "-100000, 1", "1, 2"})
  void timer_expiringSoonOrInThePast_runsInALaterJiffy(long offset, long after) {
    timer_setup(
        timer,
        t -> {
          seen.add(jiffies());
          seen.add(Thread.currentThread());
        },
        0);
    long j = jiffies();
    mod_timer(timer, j + offset);
    await(() -> seen.size() == 2);
    assertThat((Long) seen.poll()).isGreaterThanOrEqualTo(j + after);
    assertThat(seen.poll()).as("not inside mod_timer").isNotEqualTo(Thread.currentThread());
    assertThat(timer.expires).isEqualTo(j + offset);
  }

  @Test
  void timer_expiringBeyondHalfTheRange_countsAsPast() {
    countingTimer();
    mod_timer(timer, jiffies() + Long.MAX_VALUE);
    host.awaitAnother(jiffies() + 2);
    assertThat(runs).hasValue(0);
    assertThat(timer_pending(timer)).isTrue();
    mod_timer(timer, jiffies() + Long.MAX_VALUE + FAR);
    await(() -> runs.get() == 1);
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
    AtomicInteger depth = new AtomicInteger();
    timer_setup(
        timer,
        t -> {
          seen.add(depth.incrementAndGet());
          seen.add(jiffies());
          if (runs.incrementAndGet() < 6) {
            rearm.accept(t);
          }
          depth.decrementAndGet();
        },
        0);
    long j = jiffies();
    timer.expires = j;
    add_timer(timer);
    await(() -> runs.get() == 6);
    for (int i = 0; i < 6; i++) {
      assertThat(seen.poll()).as("not inside the call that arms it").isEqualTo(1);
      assertThat((Long) seen.poll()).isGreaterThanOrEqualTo(j + 1 + i);
    }
  }

  @Test
  void timers_ofEqualExpires_runNewestFirst() {
    assertThat(orderOf(5, 5, 5, 5, 5, 5)).containsExactly(5, 4, 3, 2, 1, 0);
  }

  @Test
  void timers_ofDistinctExpires_runByExpires() {
    assertThat(orderOf(15, 12, 20, 9, 6, 8)).containsExactly(4, 5, 3, 1, 0, 2);
  }

  @Test
  void timers_heldOffByBhDisable_runInsideLocalBhEnable() {
    assertThat(orderOf(0, 5, 4, 3, 2, 1)).containsExactly(0, 5, 4, 3, 2, 1);
  }

  /**
   * Arms timers with the CPU's softirqs held off until all are due. Once more if the host has taken
   * so long over it that some were in the past when they were armed: those have one expiry then.
   */
  private List<Object> orderOf(long... offsets) {
    boolean inTime;
    do {
      seen.clear();
      List<TimerList> timers = numberedTimers(offsets.length);
      local_bh_disable();
      long j = jiffies() + 5;
      long last = j;
      for (int i = 0; i < offsets.length; i++) {
        mod_timer(timers.get(i), j + offsets[i]);
        last = Math.max(last, j + offsets[i]);
      }
      inTime = time_before(jiffies(), j);
      letRunAllUntil(last);
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

  /** Ends local_bh_disable() when all are due and the clock has interrupted the CPU. */
  private void letRunAllUntil(long expires) {
    await(() -> time_after(jiffies(), expires + 1) && host.test.context().cpu.pending.get() != 0);
    assertThat(seen).isEmpty();
    local_bh_enable();
  }

  @Test
  void add_timer_on_runsThere_andStaysWhenItArmsItself() {
    timer_setup(
        timer,
        t -> {
          seen.add(smp_processor_id());
          if (runs.incrementAndGet() < 3) {
            mod_timer(t, jiffies() + 1);
          }
        },
        0);
    timer.expires = jiffies() + 1;
    add_timer_on(timer, THERE);
    await(() -> runs.get() == 3);
    assertThat(seen).containsExactly(THERE, THERE, THERE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, TIMER_PINNED})
  void mod_timer_fromAnotherCpu_movesTheTimerToTheCallers(int flags) {
    timer_setup(timer, t -> seen.add(smp_processor_id()), flags);
    timer.expires = jiffies() + FAR;
    add_timer_on(timer, THERE);
    assertThat(mod_timer(timer, jiffies() + 1)).isEqualTo(1);
    await(() -> !seen.isEmpty());
    assertThat(seen).containsExactly(HERE);
  }

  /** That it does not wake the CPU is seen on virtual time only: a thread may wake by itself. */
  @Test
  void deferrableTimer_runsWhenTheCpuIsAwake() {
    timer_setup(timer, t -> runs.incrementAndGet(), TIMER_DEFERRABLE);
    long j = jiffies();
    mod_timer(timer, j + 1);
    host.awaitAnother(j + 3);
    await(() -> runs.get() == 1);
  }
}
