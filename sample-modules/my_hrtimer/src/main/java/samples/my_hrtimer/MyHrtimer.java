/*
 * my_hrtimer.c, the example on high resolution timers of "Kernel seminar - part 3".
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.my_hrtimer;

import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_RESTART;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_forward;
import static jiffy.linux.Hrtimers.hrtimer_init;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Ktime.ktime_get;
import static jiffy.linux.Ktime.ktime_set;
import static jiffy.linux.Printk.printk;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerRestart;

/** Seed 003: a timer that fires every 200 ms, moving its expiry forward each time. */
@ModuleInfo(name = "my_hrtimer", license = "GPL")
public final class MyHrtimer extends KernelModule {
  private static long MS_TO_NS(long x) {
    return x * 1_000_000L;
  }

  static final Hrtimer hr_timer = new Hrtimer();

  static HrtimerRestart my_hrtimer_callback(Hrtimer timer) {
    long now;
    long delay = ktime_set(0, MS_TO_NS(200));
    printk("my_hrtimer_callback called (%ld).\n", jiffies());
    now = ktime_get();
    hrtimer_forward(hr_timer, now, delay);

    return HRTIMER_RESTART;
  }

  static int init_module() {
    long ktime;
    long delay_in_ms = 200L;

    printk("HR Timer module installing\n");

    ktime = ktime_set(0, MS_TO_NS(delay_in_ms));

    hrtimer_init(hr_timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);

    hr_timer.function = MyHrtimer::my_hrtimer_callback;

    printk("Starting timer to fire in %ldms (%ld)\n", delay_in_ms, jiffies());

    hrtimer_start(hr_timer, ktime, HRTIMER_MODE_REL);

    return 0;
  }

  static void cleanup_module() {
    int ret;

    ret = hrtimer_cancel(hr_timer);
    if (ret != 0) {
      printk("The timer was still in use...\n");
    }

    printk("HR Timer module uninstalling\n");
  }

  {
    module_init(MyHrtimer::init_module);
    module_exit(MyHrtimer::cleanup_module);
  }
}
