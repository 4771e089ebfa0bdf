package docs.safetally;

import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.SpinlockT;

/** Two kernel threads count; at the end the sum is printed. */
@ModuleInfo(name = "safetally", license = "GPL", description = "counts with two threads")
public final class SafeTally extends KernelModule {
  private static final SpinlockT lock = new SpinlockT();
  private static int count;

  private static int counter(Object data) {
    spin_lock(lock);
    count++;
    spin_unlock(lock);
    return 0;
  }

  private static int tally_init() {
    kthread_run(SafeTally::counter, null, "tally/0");
    kthread_run(SafeTally::counter, null, "tally/1");
    return 0;
  }

  private static void tally_exit() {
    printk(KERN_INFO + "tally: %d\n", count);
  }

  {
    module_init(SafeTally::tally_init);
    module_exit(SafeTally::tally_exit);
  }
}
