package jiffy.testkit.race;

import static jiffy.linux.Kthreads.*;
import static jiffy.linux.Delay.*;
import static jiffy.linux.Spinlocks.*;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.testkit.*;
import jiffy.types.*;

class FirstTest {
  int count;
  int done;
  SpinlockT lock = new SpinlockT();

  @KernelTest(schedules = 1000)
  void threeTasks(TestMachine kernel) {
    for (int t = 0; t < 3; t++) {
      kernel.start("t" + t, () -> {
        for (int i = 0; i < 5; i++) {
          int c = count;
          if (i == 3) { spin_lock(lock); } else spin_lock(lock);
          count = c + 1;
          spin_unlock(lock);
        }
        done++;
        return 0;
      });
    }
    kernel.runUntil(() -> done == 3);
    assertThat(count).isEqualTo(15);
  }

  @KernelTest(schedules = 1000)
  void good(TestMachine kernel) {
    for (int t = 0; t < 3; t++) {
      kernel.start("t" + t, () -> {
        for (int i = 0; i < 5; i++) {
          spin_lock(lock);
          count++;
          spin_unlock(lock);
        }
        done++;
        return 0;
      });
    }
    kernel.runUntil(() -> done == 3);
    assertThat(count).isEqualTo(15);
  }

  @KernelTest
  void plain(TestMachine kernel) {
    kernel.advance(java.time.Duration.ofSeconds(10));
  }

  @KernelTest
  void spins(TestMachine kernel) {
    long end = System.nanoTime() + 20_000_000_000L;
    while (System.nanoTime() < end) {}
  }
}
