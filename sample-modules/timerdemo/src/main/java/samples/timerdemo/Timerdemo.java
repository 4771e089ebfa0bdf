/*
 * Key Takeaways:
 * 1. How to use init_timer() and add_timer()
 * 2. How/where to use add_timer_on() and mod_timer_pinned()
 * 3. How to get CPU id (smp_processor_id())
 *
 * The example of "Demystifying Linux Kernel Timers", by @Kashish_Bhatia.
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.timerdemo;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Preempt.in_atomic;
import static jiffy.linux.Preempt.in_interrupt;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Spinlocks.DEFINE_SPINLOCK;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.add_timer_on;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.init_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.mod_timer_pinned;
import static jiffy.linux.Timers.setup_timer;
import static jiffy.linux.Timers.timer_pending;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;

/** Seed 001: one timer counts down twice a second, another, on CPU 1, up once a second. */
@ModuleInfo(
    name = "timerdemo",
    description = "Usage of init_timer(), add_timer(), add_timer_on() and mod_timer_pinned()",
    author = "@Kashish_Bhatia", // Twitter Handle
    license = "GPL")
public final class Timerdemo extends KernelModule {
  static final TimerList timer = new TimerList();
  static final TimerList timer2 = new TimerList();
  static long[] data; // an unsigned long behind a pointer: *data is data[0]
  static final SpinlockT data_lock = DEFINE_SPINLOCK(); // SPIN_LOCK_UNLOCKED

  /* Not in the seed, which has 100 there */
  @ModuleParam(name = "data", value = "what the timers begin to count at")
  static long start_data = 100;

  static void timer_func(Object data) {
    long[] d = (long[]) data;
    printk("%s() is running on CPU-%u\n", "timer_func", smp_processor_id());
    spin_lock(data_lock);
    d[0]--;
    printk("%s : data = %lu...\n", "timer_func", d[0]);
    if (in_interrupt()) {
      printk("%s : In interrupt context...\n", "timer_func");
    }

    if (in_atomic()) {
      printk("%s : In atomic context...\n", "timer_func");
    }

    if (d[0] != 0) {
      // decrementing "data" faster
      mod_timer(timer, jiffies() + msecs_to_jiffies(500));
    }
    spin_unlock(data_lock);
  }

  static void timer2_func(Object data) {
    long[] d = (long[]) data;
    printk("%s() is running on CPU-%u\n", "timer2_func", smp_processor_id());
    spin_lock(data_lock);
    d[0]++;
    printk("%s : data = %lu***\n", "timer2_func", d[0]);

    if (in_interrupt()) {
      printk("%s : In interrupt context***\n", "timer2_func");
    }

    if (in_atomic()) {
      printk("%s : In atomic context***\n", "timer2_func");
    }

    if (d[0] != 0) {
      // scheduling it again and pinning to same CPU
      mod_timer_pinned(timer2, jiffies() + msecs_to_jiffies(1000));
    }
    spin_unlock(data_lock);
  }

  static int start_module() {
    data = new long[1];
    data[0] = start_data;

    // create timer 1
    setup_timer(timer, Timerdemo::timer_func, data);
    // set expiry time
    mod_timer(timer, jiffies() + msecs_to_jiffies(1000));

    // create timer 2
    init_timer(timer2);
    timer2.function = Timerdemo::timer2_func;
    timer2.expires = jiffies() + msecs_to_jiffies(1000);
    timer2.data = data; // no type-casting here
    // now schedule timer on specified CPU
    add_timer_on(timer2, 1); // on CPU 1

    return 0;
  }

  static void stop_module() {
    int i = 0;
    printk("%s() is running on CPU-%u\n", "stop_module", smp_processor_id());
    while (timer_pending(timer)) {
      printk("timer 1 is pending\n");
      msleep(500);
      i++;
      if (i == 5) {
        del_timer(timer);
      }
    }
    if (i == 0) {
      printk("deleting timer 1\n");
      del_timer(timer);
    }

    i = 0;
    while (timer_pending(timer2)) {
      printk("timer 2 is pending\n");
      msleep(500);
      i++;
      if (i == 5) {
        del_timer(timer2);
      }
    }
    if (i == 0) {
      printk("deleting timer 2\n");
      del_timer(timer);
    }

    data = null; // kfree(data)
    printk("exiting from module\n");
  }

  {
    module_exit(Timerdemo::stop_module);
    module_init(Timerdemo::start_module);
  }
}
