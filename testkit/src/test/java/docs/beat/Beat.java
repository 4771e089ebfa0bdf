package docs.beat;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.TimerList;

/** Says each second how often it has done so. */
@ModuleInfo(name = "beat", license = "GPL", description = "a beat a second")
public final class Beat extends KernelModule {
  private static final TimerList timer = new TimerList();
  private static int beats;

  private static void beat(TimerList t) {
    printk(KERN_INFO + "beat %d\n", ++beats);
    mod_timer(t, jiffies() + HZ());
  }

  private static int beat_init() {
    timer_setup(timer, Beat::beat, 0);
    mod_timer(timer, jiffies() + HZ());
    return 0;
  }

  private static void beat_exit() {
    del_timer_sync(timer);
    printk(KERN_INFO + "beat: %d in all\n", beats);
  }

  {
    module_init(Beat::beat_init);
    module_exit(Beat::beat_exit);
  }
}
