/*
 * kt.c
 * Kernel module using the kernel timer
 * Reference: http://lwn.net/images/pdf/LDD3/ch07.pdf
 * Jul 7, 2014
 * root@davejingtian.org
 * http://davejingtian.org
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.kt;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_init;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.init_timer;
import static jiffy.linux.Timers.mod_timer;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;

/** Seed 000: a timer that starts itself again every ten seconds and counts under a lock. */
@ModuleInfo(name = "kt", license = "GPL", description = "KT Module", author = "daveti")
public final class Kt extends KernelModule {

  /* A global struct acting as critical section */
  static final class GlobalData {
    /* Spinlock */
    final SpinlockT lock = new SpinlockT();
    /* Counter */
    int count;
  }

  static final GlobalData kt_global_data = new GlobalData();

  /* A timer list */
  static final TimerList kt_timer = new TimerList();

  /* Not in the seed, which has 10 here */
  @ModuleParam("seconds between two runs of the timer")
  static int interval = 10;

  /* Timer callback */
  static void timer_callback(Object arg) {
    printk(KERN_INFO + "Entering: %s\n", "timer_callback");

    GlobalData data = (GlobalData) arg;
    spin_lock(data.lock);
    data.count++;
    spin_unlock(data.lock);
    mod_timer(kt_timer, jiffies() + interval * HZ()); /* restarting timer */
  }

  /* Init the timer */
  private static void kt_init_timer() {
    init_timer(kt_timer);
    kt_timer.function = Kt::timer_callback;
    kt_timer.data = kt_global_data;
    kt_timer.expires = jiffies() + interval * HZ(); /* 10 second */
    add_timer(kt_timer); /* Starting the timer */

    printk(KERN_INFO + "kt_timer is started\n");
  }

  /* The normal module worker */
  private static void kt_do_the_work() {
    printk(KERN_INFO + "Before %s, count = %d\n", "kt_do_the_work", kt_global_data.count);

    spin_lock(kt_global_data.lock);
    kt_global_data.count++;
    spin_unlock(kt_global_data.lock);

    printk(KERN_INFO + "After %s, count = %d\n", "kt_do_the_work", kt_global_data.count);
  }

  static int kt_init() {
    printk(KERN_INFO + "Entering: %s\n", "kt_init");

    /* Init the global data */
    kt_global_data.count = 0;

    /* Init the spinlock */
    spin_lock_init(kt_global_data.lock);

    /* Init the timer */
    kt_init_timer();

    /* Do our job */
    kt_do_the_work();

    return 0;
  }

  static void kt_exit() {
    printk(KERN_INFO + "exiting kt module\n");

    /* Delete the timer */
    del_timer_sync(kt_timer);

    printk(KERN_INFO + "kt_global_data.count = [%d]\n", kt_global_data.count);
  }

  {
    module_init(Kt::kt_init);
    module_exit(Kt::kt_exit);
  }
}
