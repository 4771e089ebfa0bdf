package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;

/** A machine of two CPUs on the host, with the test's thread as a task of the first. */
final class HostTimers implements AutoCloseable {
  static final int HERE = 0;
  static final int THERE = 1;

  /** Jiffies in which no test ends. */
  static final long FAR = 1_000_000;

  final Machine machine = Machine.boot("hz=250 nr_cpus=2");
  final Attachment test = machine.attach("test", HERE);
  private final TimerList another = new TimerList();
  private final AtomicInteger runs = new AtomicInteger();

  @Override
  public void close() {
    test.close();
    machine.close();
  }

  /** Waits for what must come; the test's timeout ends it. */
  static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
      cpu_relax();
    }
  }

  /** Returns when a timer of this CPU has run that was armed after all those that are due. */
  void awaitAnother(long expires) {
    int before = runs.get();
    timer_setup(another, t -> runs.incrementAndGet(), 0);
    mod_timer(another, expires);
    await(() -> runs.get() > before);
  }
}
