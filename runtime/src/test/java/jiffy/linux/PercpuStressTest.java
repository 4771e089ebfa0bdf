package jiffy.linux;

import static jiffy.linux.Atomics64.atomic64_add_unless;
import static jiffy.linux.Atomics64.atomic64_read;
import static jiffy.linux.Bitops.test_and_clear_bit;
import static jiffy.linux.Bitops.test_and_set_bit;
import static jiffy.linux.Percpu.DEFINE_PER_CPU;
import static jiffy.linux.Percpu.get_cpu_var;
import static jiffy.linux.Percpu.per_cpu;
import static jiffy.linux.Percpu.put_cpu_var;
import static jiffy.linux.Percpu.this_cpu_inc;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Atomic64T;
import jiffy.types.PerCpu;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks on two CPUs that change per-CPU variables, an atomic and a bit, on real threads.
 * Forbidden: a lost increment, of this_cpu_inc, of an atomic, or of a plain field between
 * get_cpu_var and put_cpu_var; two tasks that have both set the same bit. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
class PercpuStressTest {
  private static final class Stats {
    long packets;
  }

  private final PerCpu<Stats> stats = DEFINE_PER_CPU(Stats::new);
  private final PerCpu<Atomic64T> hits = DEFINE_PER_CPU(Atomic64T::new);
  private final Atomic64T atomic = new Atomic64T(1);
  private final long[] bit = new long[1];
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicLong rounds = new AtomicLong();
  private long owned;

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void variables_changedByManyTasks_loseNothing() {
    long packets = 0;
    long hit = 0;
    try (Machine machine = Machine.boot("nr_cpus=2")) {
      StressTasks.run(machine, 4, (seed, until) -> change(machine, until));
      try (Attachment test = machine.attach("test")) {
        assertThat(test.context().preemptCount()).isZero();
        for (int cpu = 0; cpu < 2; cpu++) {
          packets += per_cpu(stats, cpu).packets;
          hit += per_cpu(hits, cpu).counter;
          assertThat(per_cpu(hits, cpu).counter).isPositive();
        }
      }
    }
    assertThat(violations).hasValue(0);
    assertThat(packets).isEqualTo(rounds.get());
    assertThat(hit).isEqualTo(rounds.get());
    assertThat(atomic64_read(atomic)).isEqualTo(rounds.get() + 1);
  }

  private int change(Machine machine, long until) {
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        get_cpu_var(stats).packets++;
        put_cpu_var(stats);
        this_cpu_inc(hits);
        atomic64_add_unless(atomic, 1, 0);
        rounds.incrementAndGet();
        if (!test_and_set_bit(7, bit)) {
          owned++;
          long mine = owned;
          if (owned != mine || !test_and_clear_bit(7, bit)) {
            violations.incrementAndGet();
          }
        }
      }
    }
    return 0;
  }
}
