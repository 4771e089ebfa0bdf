package example.table;

import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;
import jiffy.types.Mutex;

/** Two kernel threads use a table, which is made when the first of them needs it. */
@ModuleInfo(name = "table", license = "GPL", description = "made when it is needed, once")
public final class Table extends KernelModule {
  @ModuleParam("whether to hold a lock while the table is made")
  static boolean careful;

  private static final Mutex lock = new Mutex();
  private static int[] table;
  private static int made;

  /** Checks, then acts: somebody else may check in between. */
  private static int[] table() {
    if (table == null) {
      table = new int[16];
      made++;
    }
    return table;
  }

  private static int user(Object slot) {
    if (careful) {
      mutex_lock(lock);
    }
    table()[(Integer) slot] = 1;
    if (careful) {
      mutex_unlock(lock);
    }
    return 0;
  }

  private static int table_init() {
    kthread_run(Table::user, 0, "user/0");
    kthread_run(Table::user, 1, "user/1");
    return 0;
  }

  private static void table_exit() {
    printk(KERN_INFO + "table: made %d time(s), %d in use\n", made, table[0] + table[1]);
  }

  {
    module_init(Table::table_init);
    module_exit(Table::table_exit);
  }
}
