/*
 * noinit.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.noinit;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** No init. */
@ModuleInfo(name = "noinit", license = "GPL")
public final class Noinit extends KernelModule {
  static void i_exit() {
    pr_info("noinit: exit\n");
  }

  {
    module_exit(Noinit::i_exit);
  }
}
