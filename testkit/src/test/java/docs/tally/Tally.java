package docs.tally;

import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** Two kernel threads count; at the end the sum is printed. */
@ModuleInfo(name = "tally", license = "GPL", description = "counts with two threads")
public final class Tally extends KernelModule {
  private static int count;

  private static int counter(Object data) {
    count++; // reads, adds, writes
    return 0;
  }

  private static int tally_init() {
    kthread_run(Tally::counter, null, "tally/0");
    kthread_run(Tally::counter, null, "tally/1");
    return 0;
  }

  private static void tally_exit() {
    printk(KERN_INFO + "tally: %d\n", count);
  }

  {
    module_init(Tally::tally_init);
    module_exit(Tally::tally_exit);
  }
}
