/*
 * "Timer simple program example" of "Kernel seminar - part 3".
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.mytimer;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.setup_timer;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.TimerList;

/** Seed 003: a timer that fires once, after 200 ms. */
@ModuleInfo(name = "my_timer", license = "GPL")
public final class MyTimer extends KernelModule {

  private static final TimerList my_timer = new TimerList();

  static void my_timer_callback(Object data) {
    printk("my_timer_callback called (%ld).\n", jiffies());
  }

  static int init_module() {
    int ret;

    printk("Timer module installing\n");

    // my_timer.function, my_timer.data
    setup_timer(my_timer, MyTimer::my_timer_callback, 0);

    printk("Starting timer to fire in 200ms (%ld)\n", jiffies());
    ret = mod_timer(my_timer, jiffies() + msecs_to_jiffies(200));
    if (ret != 0) {
      printk("Error in mod_timer\n");
    }

    return 0;
  }

  static void cleanup_module() {
    int ret;

    ret = del_timer(my_timer);
    if (ret != 0) {
      printk("The timer is still in use...\n");
    }

    printk("Timer module uninstalling\n");

    return;
  }

  {
    module_init(MyTimer::init_module);
    module_exit(MyTimer::cleanup_module);
  }
}
