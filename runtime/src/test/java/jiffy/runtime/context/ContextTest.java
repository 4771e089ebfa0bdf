package jiffy.runtime.context;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_SOFT;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Spinlocks.spin_lock_irqsave;
import static jiffy.linux.Spinlocks.spin_unlock_irqrestore;
import static jiffy.linux.Timers.TIMER_IRQSAFE;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** truth/semprobe_ctx.dmesg, row by row, for what this kernel has so far. */
class ContextTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment test = machine.attach("insmod");
  private final ContextRows rows = new ContextRows();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  /** A context that never reads jiffies itself arms for ever: at 50 ns each, for two minutes. */
  @Test
  void mayArmByLastRead_whateverTheNumberOfArmings_isNotTrueAgainWithoutARead() {
    try (Machine host = Machine.boot("hz=250 nr_cpus=1");
        Attachment thread = host.attach("armer")) {
      Context context = (Context) Current.get();
      context.clockRead(1000);
      long stale = 0;
      for (long i = 0; i < (1L << 31) + 100; i++) {
        stale += context.mayArmByLastRead() ? 1 : 0;
      }
      assertThat(stale).isEqualTo(64);
    }
  }

  @Test
  void spin_unlock_irqrestore_withOverdueTimers_hasThemRun() {
    AtomicInteger runs = new AtomicInteger();
    TimerList timer = new TimerList();
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    mod_timer(timer, jiffies() + 2);
    SpinlockT lock = new SpinlockT();
    long flags = spin_lock_irqsave(lock);
    mdelay(100);
    assertThat(runs).hasValue(0);
    spin_unlock_irqrestore(lock, flags);
    assertThat(runs).hasValue(1);
  }

  @Test
  void make_afterTwoToThe31Contexts_skipsIdsInUse() {
    Contexts many = new Contexts(new SimArch(), 1, Integer.MAX_VALUE - 1, Integer.MAX_VALUE - 2);
    many.bind(machine.kernel());
    Context last = many.make(null, many.cpus().get(0), new TaskStruct(1, "a"));
    Context first = many.make(null, many.cpus().get(0), new TaskStruct(1, "b"));
    assertThat(last.id).isEqualTo(Integer.MAX_VALUE);
    assertThat(first.id).isEqualTo(1);
    assertThat(many.nextPid()).isPositive();
    assertThat(many.nextPid()).isPositive();
  }

  @Test
  void contexts_asRecorded() throws IOException {
    rows.noteOfATask();
    TimerList timer = new TimerList();
    timer_setup(timer, t -> rows.note("timer"), 0);
    TimerList irqSafe = new TimerList();
    timer_setup(irqSafe, t -> rows.note("timer_TIMER_IRQSAFE"), TIMER_IRQSAFE);
    mod_timer(timer, jiffies() + 2);
    mod_timer(irqSafe, jiffies() + 2);
    machine.simulation().orElseThrow().advanceToJiffies(jiffies() + 5);

    rows.assertAsRecorded(13);
    assertThat(preempt_count()).isZero();
    assertThat(irqs_disabled()).isFalse();
  }

  @Test
  void irqsave_nested_keepsInterruptsOffUntilTheOutermostRestore() {
    SpinlockT a = new SpinlockT();
    SpinlockT b = new SpinlockT();
    long outer = spin_lock_irqsave(a);
    long inner = spin_lock_irqsave(b);
    spin_unlock_irqrestore(b, inner);
    assertThat(irqs_disabled()).isTrue();
    spin_unlock_irqrestore(a, outer);
    assertThat(irqs_disabled()).isFalse();
  }

  @Test
  void get_outsideAnyKernel_saysWhatToDo() {
    Attachment mine = test;
    mine.close();
    assertThatThrownBy(jiffy.linux.Jiffies::jiffies)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("runs in no kernel context")
        .hasMessageContaining("machine.attach(name)");
  }

  @Test
  void attach_ofAnAttachedThread_keepsItsTask() {
    int pid = current().pid;
    try (Attachment again = machine.attach("other")) {
      assertThat(current().pid).isEqualTo(pid);
      assertThat(current().comm).isEqualTo("insmod");
    }
    assertThat(current().pid).isEqualTo(pid);
  }

  @Test
  void comm_isCutTo15Characters() {
    test.close();
    try (Attachment long1 = machine.attach("a-very-long-task-name")) {
      assertThat(current().comm).isEqualTo("a-very-long-tas");
    }
  }

  @Test
  void contextsOfHrtimers_asRecorded() throws IOException {
    Hrtimer hard = new Hrtimer();
    hrtimer_setup(
        hard,
        t -> {
          rows.note("hrtimer_MODE_REL");
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL);
    Hrtimer soft = new Hrtimer();
    hrtimer_setup(
        soft,
        t -> {
          rows.note("hrtimer_MODE_REL_SOFT");
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL_SOFT);
    hrtimer_start(hard, 1_000_000, HRTIMER_MODE_REL);
    hrtimer_start(soft, 1_000_000, HRTIMER_MODE_REL_SOFT);
    mdelay(5);

    rows.assertAsRecorded(2);
  }
}
