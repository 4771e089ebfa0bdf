/*
 * propgpl.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.propgpl;

import static jiffy.linux.Ktime.ktime_get;
import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** To be patched into a module that is not free and uses what is for free ones. */
@ModuleInfo(name = "propgpl", license = "GPL")
public final class Propgpl extends KernelModule {
  static int i_init() {
    pr_info("propgpl: init %lld\n", ktime_get());
    return 0;
  }

  static void i_exit() {
    pr_info("propgpl: exit\n");
  }

  {
    module_init(Propgpl::i_init);
    module_exit(Propgpl::i_exit);
  }
}
