package jiffy.runtime;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;

/** Several kernels in one JVM, each with its own HZ, clock, timers and log. */
class TwoKernelsTest {
  @Test
  void kernelsWithDifferentHz_doNotSeeEachOther() {
    List<String> ran = new ArrayList<>();
    try (Machine slow = Machine.simulate("name=slow hz=100 nr_cpus=1");
        Machine fast = Machine.simulate("name=fast hz=1000 nr_cpus=2 timer_wheel=cascading")) {
      long slowStart = arm(slow, ran, "slow");
      long fastStart = arm(fast, ran, "fast");
      assertThat(slowStart).isEqualTo(0xffff_ffffL & -300 * 100);
      assertThat(fastStart).isEqualTo(0xffff_ffffL & -300 * 1000);

      slow.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly("slow HZ 100 after 51");
      assertThat(fast.uptimeNanos()).as("its clock stands still").isZero();

      fast.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly("slow HZ 100 after 51", "fast HZ 1000 after 500");
      assertThat(slow.dmesg()).noneMatch(line -> line.contains("from fast"));
      assertThat(fast.dmesg()).noneMatch(line -> line.contains("from slow"));
    }
  }

  @Test
  void kernelsOnTheHost_runTheirOwnTimers() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    List<Integer> seen = new CopyOnWriteArrayList<>();
    try (Machine slow = Machine.boot("name=slow hz=100 nr_cpus=1");
        Machine fast = Machine.boot("name=fast hz=1000 nr_cpus=1")) {
      for (Machine machine : List.of(slow, fast)) {
        try (Attachment here = machine.attach("arm")) {
          TimerList timer = new TimerList();
          timer_setup(
              timer,
              t -> {
                seen.add(HZ());
                both.countDown();
              },
              0);
          mod_timer(timer, jiffies() + 2);
        }
      }
      assertThat(both.await(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(seen).containsExactlyInAnyOrder(100, 1000);
  }

  /** For half a second from now. @return jiffies at the arming */
  private static long arm(Machine machine, List<String> ran, String name) {
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
