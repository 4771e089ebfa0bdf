package jiffy.testkit.race;

import static jiffy.linux.Spinlocks.*;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.testkit.*;
import jiffy.types.*;

class FirstTest {
  int count;
  int done;
  SpinlockT lock = new SpinlockT();

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

  static final String KT = """
     import static jiffy.linux.Kthreads.*;
     import static jiffy.linux.Printk.*;
     import static jiffy.linux.Delay.*;
     @jiffy.linux.ModuleInfo(license = "GPL")
     public final class Bad extends jiffy.linux.KernelModule {
       static int count;
       jiffy.types.TaskStruct a, b;
       { module_init(this::init); module_exit(this::exit); }
       int init() { a = kthread_run(x -> work(), null, "a"); b = kthread_run(x -> work(), null, "b"); return 0; }
       int work() { for (int i = 0; i < 3; i++) count++; 
         while (!kthread_should_stop()) msleep(1);
         return 0; }
       void exit() { kthread_stop(a); kthread_stop(b); printk("count %d\\n", count); }
     }
     """;
  static final ModuleJar JAR = ModuleJar.of(KT);

  @KernelTest(schedules = 1000)
  void module(TestMachine kernel) {
    kernel.insmod("bad", JAR);
    msleep();
    kernel.rmmod("bad");
    assertThat(kernel.dmesg()).hasText("count 6");
  }
  static void msleep() { jiffy.linux.Delay.msleep(20); }
}
