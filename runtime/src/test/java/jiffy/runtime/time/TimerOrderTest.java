package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.time_before;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Preempt.preempt_enable;
import static jiffy.linux.Smp.get_cpu;
import static jiffy.linux.Smp.put_cpu;
import static jiffy.linux.Spinlocks.DEFINE_SPINLOCK;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** In which order timers run: the order rows of truth/semprobe_timer.dmesg. */
class TimerOrderTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("test");

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  @Test
  void timers_withEqualExpires_runNewestFirst() {
    assertThat(orderOf(5, 5, 5, 5, 5, 5)).containsExactly(5, 4, 3, 2, 1, 0);
  }

  @Test
  void timers_withDistinctExpires_runByExpires() {
    assertThat(orderOf(35, 30, 25, 20, 15, 10)).containsExactly(5, 4, 3, 2, 1, 0);
  }

  @Test
  void mod_timer_awayAndBack_movesToTheFrontOfTheList_butNotWithinTheBucket() {
    List<Integer> ran = new ArrayList<>();
    List<TimerList> timers = timers(6, ran);
    long e = jiffies() + 20;
    for (TimerList t : timers) {
      mod_timer(t, e);
    }
    mod_timer(timers.get(0), e + 10);
    mod_timer(timers.get(0), e);
    mod_timer(timers.get(2), e);
    sim.advanceToJiffies(e + 5);
    assertThat(ran).containsExactly(0, 5, 4, 3, 2, 1);
  }

  @Test
  void timers_heldOffByBhDisable_runInsideLocalBhEnable() {
    List<Integer> ran = new ArrayList<>();
    List<TimerList> timers = timers(6, ran);
    long j = jiffies();
    local_bh_disable();
    long[] offsets = {0, 5, 4, 3, 2, 1};
    for (int i = 0; i < 6; i++) {
      mod_timer(timers.get(i), j + offsets[i]);
    }
    while (time_before(jiffies(), j + 20)) {
      cpu_relax();
    }
    assertThat(ran).isEmpty();
    local_bh_enable();
    assertThat(ran).containsExactly(0, 5, 4, 3, 2, 1);
  }

  /** As the probe does it. On Linux preempt_disable() does not hold off softirqs. */
  @Test
  void timers_heldOffByBhDisable_runInsideLocalBhEnable_withPreemptionDisabled() {
    List<Integer> ran = new ArrayList<>();
    TimerList timer = timers(1, ran).get(0);
    get_cpu();
    preempt_disable();
    mod_timer(timer, jiffies() + 1);
    local_bh_disable();
    mdelay(20);
    local_bh_enable();
    assertThat(ran).containsExactly(0);
    preempt_enable();
    put_cpu();
    assertThat(preempt_count()).isZero();
  }

  /** The callback may be waiting for that lock: then it runs when the lock is free. */
  @Test
  void timers_heldOffByBhDisable_doNotRunInsideLocalBhEnable_withALockHeld() {
    List<Integer> ran = new ArrayList<>();
    TimerList timer = timers(1, ran).get(0);
    SpinlockT lock = DEFINE_SPINLOCK();
    preempt_disable();
    spin_lock(lock);
    mod_timer(timer, jiffies() + 1);
    local_bh_disable();
    mdelay(20);
    local_bh_enable();
    assertThat(ran).isEmpty();
    spin_unlock(lock);
    local_bh_disable();
    local_bh_enable();
    assertThat(ran).containsExactly(0);
    preempt_enable();
  }

  private List<TimerList> timers(int count, List<Integer> ran) {
    List<TimerList> timers = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      TimerList each = new TimerList();
      int number = i;
      timer_setup(each, t -> ran.add(number), 0);
      timers.add(each);
    }
    return timers;
  }

  private List<Integer> orderOf(long... offsets) {
    List<Integer> ran = new ArrayList<>();
    List<TimerList> timers = timers(offsets.length, ran);
    long j = jiffies();
    for (int i = 0; i < offsets.length; i++) {
      mod_timer(timers.get(i), j + offsets[i]);
    }
    sim.advanceToJiffies(j + 50);
    return ran;
  }
}
