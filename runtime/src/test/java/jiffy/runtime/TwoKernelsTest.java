package jiffy.runtime;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Several kernels in one JVM, each with its own HZ, clock, timers and log. */
@OnBothPlatforms
class TwoKernelsTest {
  private final Platform platform;
  private final List<String> ran = new CopyOnWriteArrayList<>();

  TwoKernelsTest(Platform platform) {
    this.platform = platform;
  }

  private Machine boot(String commandLine) {
    return platform == Platform.SIM ? Machine.simulate(commandLine) : Machine.boot(commandLine);
  }

  @Test
  void kernelsWithDifferentHz_doNotSeeEachOther() {
    try (Machine slow = boot("name=slow hz=100 nr_cpus=1");
        Machine fast = boot("name=fast hz=1000 nr_cpus=2 timer_wheel=cascading")) {
      arm(slow, "slow");
      arm(fast, "fast");
      TestKernel.until(slow, "slow's timer", () -> hasRun("slow HZ 100 "));
      TestKernel.until(fast, "fast's timer", () -> hasRun("fast HZ 1000 "));
      assertThat(ran).hasSize(2);
      assertThat(slow.dmesg())
          .anyMatch(line -> line.contains("from slow"))
          .noneMatch(line -> line.contains("from fast"));
      assertThat(fast.dmesg())
          .anyMatch(line -> line.contains("from fast"))
          .noneMatch(line -> line.contains("from slow"));
    }
  }

  private boolean hasRun(String timer) {
    return ran.stream().anyMatch(line -> line.startsWith(timer));
  }

  @Test
  void kernelsOnVirtualTime_haveClocksOfTheirOwn() {
    Assumptions.assumeTrue(platform == Platform.SIM, "there is one clock for all there");
    try (Machine slow = boot("name=slow hz=100 nr_cpus=1");
        Machine fast = boot("name=fast hz=1000 nr_cpus=2 timer_wheel=cascading")) {
      long slowStart = arm(slow, "slow");
      long fastStart = arm(fast, "fast");
      assertThat(slowStart).isEqualTo(0xffff_ffffL & -300 * 100);
      assertThat(fastStart).isEqualTo(0xffff_ffffL & -300 * 1000);

      slow.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly("slow HZ 100 after 51");
      assertThat(fast.uptimeNanos()).as("its clock stands still").isZero();

      fast.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly("slow HZ 100 after 51", "fast HZ 1000 after 500");
    }
  }

  /** For half a second from now. @return jiffies at the arming */
  private long arm(Machine machine, String name) {
    try (Attachment here = machine.attach("arm")) {
      long start = jiffies();
      TimerList timer = new TimerList();
      timer_setup(
          timer,
          t -> {
            printk("from %s\n", name);
            ran.add(name + " HZ " + HZ() + " after " + (jiffies() - start));
          },
          0);
      mod_timer(timer, start + msecs_to_jiffies(500));
      return start;
    }
  }
}
