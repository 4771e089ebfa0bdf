/*
 * The tasklet example of "Kernel seminar - part 3".
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.my_tasklet;

import static jiffy.linux.Interrupts.DECLARE_TASKLET;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Printk.printk;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.types.TaskletStruct;

/** Seed 003: a bottom half that runs once. */
@ModuleInfo(name = "my_tasklet", license = "GPL")
public final class MyTasklet extends KernelModule {

  static final String my_tasklet_data = "my_tasklet_function was called";

  /* Bottom Half Function */
  static void my_tasklet_function(Object data) {
    printk("%s\n", data);
    return;
  }

  static final TaskletStruct my_tasklet =
      DECLARE_TASKLET(MyTasklet::my_tasklet_function, my_tasklet_data);

  static int init_module() {
    /* Schedule the Bottom Half */
    tasklet_schedule(my_tasklet);
    return 0;
  }

  static void cleanup_module() {
    /* Stop the tasklet before we exit */
    tasklet_kill(my_tasklet);
    return;
  }

  {
    module_init(MyTasklet::init_module);
    module_exit(MyTasklet::cleanup_module);
  }
}
