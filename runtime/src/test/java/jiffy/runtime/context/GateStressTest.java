package jiffy.runtime.context;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.irq.Vector;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The gate under load: tasks of one CPU that disable bh and irqs in every legal nesting, while its
 * softirq is raised all the time.
 *
 * <p>Forbidden: a handler that runs while a task of its CPU has bh or irqs disabled; a lock held by
 * two; a deadlock, above all of {@code spin_lock(a); local_bh_disable()} against the reverse order.
 * Length: {@code -Djiffy.stress=SECONDS}.
 */
class GateStressTest {
  private static final int TASKS = 4;

  private final AtomicInteger disabled = new AtomicInteger();
  private final AtomicInteger inLock = new AtomicInteger();
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicLong served = new AtomicLong();
  private final SpinlockT a = new SpinlockT();

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void gate_onHost_keepsHandlersAndTasksApartWithoutDeadlock() {
    long seconds = Long.getLong("jiffy.stress", 1);
    try (Machine machine = Machine.boot("nr_cpus=1")) {
      run(machine, machine.uptimeNanos() + seconds * 1_000_000_000L, Long.MAX_VALUE);
      // A holder that lost its processor for a millisecond may be named: that is no fault.
      assertThat(machine.dmesg())
          .noneMatch(line -> line.contains("BUG") && !line.contains("lockup suspected"));
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void gate_inSimulation_keepsHandlersAndTasksApartWithoutDeadlock() {
    try (Machine machine = Machine.simulate("nr_cpus=1")) {
      run(machine, Long.MAX_VALUE, 300);
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("BUG"));
    }
  }

  private void run(Machine machine, long until, long rounds) {
    machine
        .softirqs()
        .open(
            Vector.NET_TX,
            context -> {
              if (disabled.get() != 0) {
                violations.incrementAndGet();
              }
              served.incrementAndGet();
              context.cpuRelax();
              if (disabled.get() != 0) {
                violations.incrementAndGet();
              }
            });
    try (Attachment test = machine.attach("stress")) {
      List<Task> tasks = new ArrayList<>();
      for (int n = 0; n < TASKS; n++) {
        int kind = n;
        tasks.add(
            machine.tasks().spawn("t" + n, Owner.CORE, () -> work(machine, kind, until, rounds)));
      }
      for (Task task : tasks) {
        task.join(test.context());
        assertThat(task.failure()).isNull();
      }
    }
    assertThat(violations).hasValue(0);
    assertThat(inLock).hasValue(0);
    assertThat(served.get()).isGreaterThan(10);
  }

  private int work(Machine machine, int kind, long until, long rounds) {
    Context context = (Context) jiffy.kernel.Current.get();
    for (long i = 0; i < rounds && machine.uptimeNanos() < until; i++) {
      switch ((int) ((i + kind) % 4)) {
        case 0 -> {
          spin_lock(a);
          critical();
          bhSection(context);
          spin_unlock(a);
        }
        case 1 -> {
          local_bh_disable();
          disabled.incrementAndGet();
          spin_lock(a);
          critical();
          spin_unlock(a);
          disabled.decrementAndGet();
          local_bh_enable();
        }
        case 2 -> {
          local_irq_disable();
          disabled.incrementAndGet();
          spin_lock(a);
          critical();
          spin_unlock(a);
          disabled.decrementAndGet();
          local_irq_enable();
        }
        default -> {
          machine.softirqs().raise(context, Vector.NET_TX);
          bhSection(context);
        }
      }
      machine.softirqs().raise(context, Vector.NET_TX);
    }
    return 0;
  }

  private void bhSection(Context context) {
    local_bh_disable();
    disabled.incrementAndGet();
    context.cpuRelax();
    disabled.decrementAndGet();
    local_bh_enable();
  }

  private void critical() {
    if (inLock.incrementAndGet() != 1) {
      violations.incrementAndGet();
    }
    inLock.decrementAndGet();
  }
}
