/*
 * The workqueue example of "Kernel seminar - part 3".
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.my_workqueue;

import static jiffy.linux.Printk.printk;
import static jiffy.linux.Slab.GFP_KERNEL;
import static jiffy.linux.Slab.kfree;
import static jiffy.linux.Slab.kmalloc;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.create_workqueue;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/** Seed 003: two items of work, each of which frees itself. */
@ModuleInfo(name = "my_workqueue", license = "GPL")
public final class MyWorkqueue extends KernelModule {

  static WorkqueueStruct my_wq;

  /* typedef struct { struct work_struct my_work; int x; } my_work_t; */
  static final class my_work_t extends WorkStruct {
    int x;
  }

  static my_work_t work;
  static my_work_t work2;

  static void my_wq_function(WorkStruct work) {
    my_work_t my_work = (my_work_t) work;
    printk("my_work.x %d\n", my_work.x);
    kfree(work);
  }

  static int init_module() {
    boolean ret;
    my_wq = create_workqueue("my_queue");
    if (my_wq != null) {
      /* Queue some work (item 1) */
      work = kmalloc(my_work_t::new, GFP_KERNEL);
      if (work != null) {
        INIT_WORK(work, MyWorkqueue::my_wq_function);
        work.x = 1;
        ret = queue_work(my_wq, work);
      }
      /* Queue some additional work (item 2) */
      work2 = kmalloc(my_work_t::new, GFP_KERNEL);
      if (work2 != null) {
        INIT_WORK(work2, MyWorkqueue::my_wq_function);
        work2.x = 2;
        ret = queue_work(my_wq, work2);
      }
    }
    return 0;
  }

  static void cleanup_module() {
    flush_workqueue(my_wq);
    destroy_workqueue(my_wq);
  }

  {
    module_init(MyWorkqueue::init_module);
    module_exit(MyWorkqueue::cleanup_module);
  }
}
