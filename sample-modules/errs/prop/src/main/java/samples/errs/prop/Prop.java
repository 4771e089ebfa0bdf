/*
 * prop.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.prop;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** Not free. */
@ModuleInfo(name = "prop", license = "Proprietary")
public final class Prop extends KernelModule {
  static int i_init() {
    pr_info("prop: init\n");
    return 0;
  }

  static void i_exit() {
    pr_info("prop: exit\n");
  }

  {
    module_init(Prop::i_init);
    module_exit(Prop::i_exit);
  }
}
