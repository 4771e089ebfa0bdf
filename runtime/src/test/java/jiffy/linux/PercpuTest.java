package jiffy.linux;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Percpu.DEFINE_PER_CPU;
import static jiffy.linux.Percpu.alloc_percpu;
import static jiffy.linux.Percpu.free_percpu;
import static jiffy.linux.Percpu.get_cpu_ptr;
import static jiffy.linux.Percpu.get_cpu_var;
import static jiffy.linux.Percpu.per_cpu;
import static jiffy.linux.Percpu.per_cpu_ptr;
import static jiffy.linux.Percpu.put_cpu_ptr;
import static jiffy.linux.Percpu.put_cpu_var;
import static jiffy.linux.Percpu.this_cpu_add;
import static jiffy.linux.Percpu.this_cpu_cmpxchg;
import static jiffy.linux.Percpu.this_cpu_dec;
import static jiffy.linux.Percpu.this_cpu_dec_return;
import static jiffy.linux.Percpu.this_cpu_inc;
import static jiffy.linux.Percpu.this_cpu_inc_return;
import static jiffy.linux.Percpu.this_cpu_ptr;
import static jiffy.linux.Percpu.this_cpu_read;
import static jiffy.linux.Percpu.this_cpu_sub;
import static jiffy.linux.Percpu.this_cpu_write;
import static jiffy.linux.Percpu.this_cpu_xchg;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Smp.for_each_possible_cpu;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Task;
import jiffy.types.Atomic64T;
import jiffy.types.PerCpu;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Per-CPU variables. */
@OnBothPlatforms
class PercpuTest {
  private static final class Stats {
    int packets;
  }

  private final TestKernel kernel;
  private final Machine machine;
  private final PerCpu<Atomic64T> hits = DEFINE_PER_CPU(Atomic64T::new);
  private final PerCpu<Stats> stats = DEFINE_PER_CPU(Stats::new);
  private final List<String> order = new CopyOnWriteArrayList<>();

  PercpuTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private Task on(int cpu, String name, Runnable body) {
    return machine
        .tasks()
        .spawn(
            name,
            Owner.CORE,
            cpu,
            () -> {
              body.run();
              return 0;
            });
  }

  @Test
  void this_cpu_ofEachCpu_isItsOwn() {
    this_cpu_write(hits, 3);
    kernel.join(on(1, "there", () -> this_cpu_add(hits, 5)));
    this_cpu_inc(hits);
    this_cpu_sub(hits, 2);
    this_cpu_dec(hits);
    assertThat(this_cpu_read(hits)).isEqualTo(1);
    assertThat(per_cpu(hits, 1).counter).isEqualTo(5);
    assertThat(this_cpu_inc_return(hits)).isEqualTo(2);
    assertThat(this_cpu_dec_return(hits)).isEqualTo(1);
    assertThat(this_cpu_xchg(hits, 7)).isEqualTo(1);
    assertThat(this_cpu_cmpxchg(hits, 1, 8)).isEqualTo(7);
    assertThat(this_cpu_cmpxchg(hits, 7, 8)).isEqualTo(7);
    long[] sum = {0};
    for_each_possible_cpu(cpu -> sum[0] += per_cpu(hits, cpu).counter);
    assertThat(sum[0]).isEqualTo(13);
  }

  @Test
  void per_cpu_ofNoCpu_saysWhichThereAre() {
    assertThatThrownBy(() -> per_cpu(hits, 2))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("per_cpu: CPU 2: there are CPUs 0 to 1");
  }

  @Test
  void get_cpu_var_disablesPreemptionAndNests() {
    get_cpu_var(stats).packets++;
    get_cpu_ptr(stats).packets++;
    assertThat(preempt_count()).isEqualTo(2);
    put_cpu_ptr(stats);
    put_cpu_var(stats);
    assertThat(preempt_count()).isZero();
    assertThat(this_cpu_ptr(stats).packets).isEqualTo(2);
    assertThat(per_cpu_ptr(stats, 1).packets).isZero();
    PerCpu<Stats> allocated = alloc_percpu(Stats::new);
    assertThat(this_cpu_ptr(allocated)).isNotSameAs(per_cpu(allocated, 1));
    free_percpu(allocated);
    free_percpu(null);
  }

  /** On Linux they would run one after the other. */
  @Test
  void get_cpu_var_keepsOtherTasksOfThisCpuOut_andNotThoseOfOthers() {
    get_cpu_var(stats);
    List<Task> tasks = List.of(taskThatGetsIt(0), taskThatGetsIt(1));
    kernel.until("the task of 1 passes", () -> order.contains("task of 1"));
    mdelay(20);
    assertThat(order).containsExactly("task of 1");
    put_cpu_var(stats);
    tasks.forEach(kernel::join);
    assertThat(order).containsExactly("task of 1", "task of 0");
  }

  private Task taskThatGetsIt(int cpu) {
    return on(
        cpu,
        "task",
        () -> {
          get_cpu_var(stats);
          order.add("task of " + cpu);
          put_cpu_var(stats);
        });
  }

  /** On Linux it interrupts the task; so it must not wait for it. */
  @Test
  void get_cpu_var_inATimer_doesNotWaitForTheTaskThatHasIt() {
    AtomicInteger runs = new AtomicInteger();
    TimerList timer = new TimerList();
    timer_setup(
        timer,
        t -> {
          get_cpu_var(stats).packets++;
          put_cpu_var(stats);
          runs.incrementAndGet();
        },
        0);
    mod_timer(timer, jiffies() + 1);
    get_cpu_var(stats);
    kernel.until("the timer runs", () -> runs.get() > 0);
    assertThat(this_cpu_ptr(stats).packets).isEqualTo(1);
    local_bh_disable();
    local_bh_enable();
    put_cpu_var(stats);
    assertThat(preempt_count()).isZero();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("BUG"));
  }
}
