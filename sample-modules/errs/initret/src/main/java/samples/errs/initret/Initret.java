/*
 * initret.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.initret;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** An init that returns what it is told to. */
@ModuleInfo(name = "initret", license = "GPL")
public final class Initret extends KernelModule {
  @ModuleParam("value that init returns")
  static int ret;

  static int i_init() {
    pr_info("initret: init returns %d\n", ret);
    return ret;
  }

  static void i_exit() {
    pr_info("initret: exit called\n");
  }

  {
    module_init(Initret::i_init);
    module_exit(Initret::i_exit);
  }
}
