package jiffy.runtime.time;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.mod_timer_pending;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_reduce;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.linux.Timers.try_to_del_timer_sync;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.runtime.time.TimerOracle.Probe;
import jiffy.runtime.time.TimerOracle.Wheel;
import jiffy.types.TimerList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Timers against {@link TimerOracle}: random calls from tasks and callbacks on four CPUs, with
 * jumps of time between them, from awkward jiffies on. Each timer fires at just the jiffy that the
 * oracle says, on the CPU that armed it; each call returns what it should.
 *
 * <p>The full length, some minutes: {@code mvn -pl runtime -am test -Dtest=TimerModelTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Djiffy.model.operations=10000000}; a failure names the
 * seed, and {@code -Djiffy.model.seed} runs another.
 */
class TimerModelTest {
  private static final int CPUS = 4;
  private static final int TIMERS = 200;
  private static final long OPERATIONS = Long.getLong("jiffy.model.operations", 200_000);
  private static final long SEED = Long.getLong("jiffy.model.seed", 61);

  /** Jiffies where something carries: 0 are those of boot. */
  private static final List<Long> STARTS =
      List.of(
          0L, // INITIAL_JIFFIES, five minutes before 32 bits wrap
          (1L << 32) - 40, // 32 bits wrap
          1L << 33, // the low bits are 0: the beginning of a bucket of each level
          (1L << 33) + 62, // before the end of level 0
          (1L << 33) + (1L << 24) - 3, // before a bucket of the last level
          (1L << 40) - 5_000); // near the end of virtual time: 139 years

  static Stream<Arguments> wheelsHzAndStarts() {
    List<Arguments> all = new ArrayList<>();
    for (Wheel wheel : Wheel.values()) {
      for (long start : STARTS) {
        all.add(Arguments.of(wheel, 250, start));
      }
      all.add(Arguments.of(wheel, 1000, 0L));
      all.add(Arguments.of(wheel, 100, 0L)); // a level less
    }
    return all.stream();
  }

  @ParameterizedTest(name = "{0} hz={1} from {2}")
  @MethodSource("wheelsHzAndStarts")
  void timers_underRandomCallsFromAllCpus_fireWhenTheOracleSays(Wheel wheel, int hz, long start) {
    long operations = OPERATIONS / wheelsHzAndStarts().count();
    String commandLine = "hz=" + hz + " nr_cpus=" + CPUS + " " + wheel.bootParameter;
    try (Machine machine = Machine.simulate(commandLine);
        Attachment test = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      if (start != 0) {
        sim.advanceToJiffies(start);
      }
      Run run = new Run(machine, new TimerOracle(wheel, hz), new Random(SEED + start));
      List<Task> tasks = new ArrayList<>();
      for (int i = 0; i < CPUS; i++) {
        tasks.add(machine.tasks().spawn("model", Owner.CORE, () -> run.work(operations / CPUS)));
      }
      for (Task task : tasks) {
        task.join(test.context());
        assertThat(task.failure()).as("seed %d", SEED).isNull();
      }
      run.finish(sim);
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("Oops"));
      assertThat(run.failure).as("seed %d", SEED).isNull();
      assertThat(run.oracle.fired).isPositive();
    }
  }

  /** One machine's worth of random calls. */
  private static final class Run {
    final TimerOracle oracle;
    Throwable failure;
    private final Machine machine;
    private final Random random;
    private final Probe[] probes = new Probe[TIMERS];

    Run(Machine machine, TimerOracle oracle, Random random) {
      this.machine = machine;
      this.oracle = oracle;
      this.random = random;
      for (int i = 0; i < TIMERS; i++) {
        probes[i] = new Probe(i);
        timer_setup(probes[i], this::expired, 0);
      }
    }

    int work(long operations) {
      long done = 0;
      while (done < operations && failure == null) {
        oracle.nothingIsOverdue(jiffies());
        for (int i = random.nextInt(30); i >= 0; i--, done++) {
          call(probes[random.nextInt(TIMERS)], false);
        }
        sleep();
      }
      return 0;
    }

    /** To the midst of a later jiffy: seldom far, for then little is left to happen. */
    private void sleep() {
      JiffiesClock clock = machine.timekeeping().clock();
      int bits = random.nextInt(20) == 0 ? 20 : 7;
      long jiffy = clock.now() + random.nextInt(1 << random.nextInt(bits + 1));
      long within = 1 + (random.nextInt() & 0x7fff_ffffL) % (clock.tickNanos - 1);
      ((Context) Current.get()).park(clock.startOf(jiffy) + within);
    }

    private void expired(TimerList timer) {
      Probe probe = (Probe) timer;
      try {
        oracle.fired(probe, jiffies(), smp_processor_id());
        assertThat(timer_pending(probe)).isFalse();
        for (int i = random.nextInt(4); i > 0; i--) {
          boolean own = random.nextBoolean();
          call(own ? probe : probes[random.nextInt(TIMERS)], true);
        }
      } catch (Throwable e) {
        failure = failure == null ? e : failure;
      }
    }

    private void call(Probe probe, boolean inCallback) {
      boolean was = probe.pending;
      assertThat(timer_pending(probe)).isEqualTo(was);
      long now = jiffies();
      long expires = expiry(now);
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          boolean same = was && random.nextInt(8) == 0;
          armed(probe, same ? probe.expires : expires, now, inCallback);
        }
        case 4 -> {
          if (!was) {
            probe.expires = expires;
            oracle.armed(probe, expires, now, smp_processor_id(), inCallback);
            add_timer(probe);
          }
        }
        case 5 -> {
          assertThat(mod_timer_pending(probe, expires)).isEqualTo(was ? 1 : 0);
          if (was && probe.expiresAt != expires) {
            oracle.armed(probe, expires, now, TimerOracle.ANY_CPU, inCallback);
          }
        }
        case 6, 7 -> {
          assertThat(timer_reduce(probe, expires)).isEqualTo(was ? 1 : 0);
          if (!was || expires - probe.expiresAt < 0) {
            oracle.armed(
                probe, expires, now, was ? TimerOracle.ANY_CPU : smp_processor_id(), inCallback);
          }
        }
        default -> deleted(probe, was, inCallback);
      }
      assertThat(timer_pending(probe)).isEqualTo(probe.pending);
    }

    private void armed(Probe probe, long expires, long now, boolean inCallback) {
      boolean was = probe.pending;
      assertThat(mod_timer(probe, expires)).isEqualTo(was ? 1 : 0);
      if (!was || probe.expiresAt != expires) {
        oracle.armed(
            probe, expires, now, was ? TimerOracle.ANY_CPU : smp_processor_id(), inCallback);
      }
    }

    private void deleted(Probe probe, boolean was, boolean inCallback) {
      int kind = inCallback ? 0 : random.nextInt(3);
      int result =
          kind == 0
              ? del_timer(probe)
              : kind == 1 ? del_timer_sync(probe) : try_to_del_timer_sync(probe);
      assertThat(result).isEqualTo(was ? 1 : 0);
      oracle.disarmed(probe);
    }

    /** Each distance as often as its double, some past. */
    private long expiry(long now) {
      long distance = random.nextInt(1 << random.nextInt(31));
      return now + distance - (random.nextInt(4) == 0 ? random.nextInt(100) : 0);
    }

    /** Deletes what is far away, and sees the rest fire. */
    void finish(Simulation sim) {
      long now = jiffies();
      for (Probe probe : probes) {
        if (probe.pending && probe.expires - now > 1 << 16) {
          assertThat(del_timer_sync(probe)).isEqualTo(1);
          oracle.disarmed(probe);
        }
      }
      while (oracle.last() != 0 && failure == null) {
        for (Probe probe : probes) { // what callbacks have armed meanwhile, far away
          if (probe.pending && probe.expires - jiffies() > 1 << 16) {
            oracle.disarmed(probe);
            del_timer(probe);
          }
        }
        sim.advanceToJiffies(jiffies() + 100);
        oracle.nothingIsOverdue(jiffies());
      }
    }
  }
}
