/*
 * noexit.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.noexit;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** No exit: it stays. */
@ModuleInfo(name = "noexit", license = "GPL")
public final class Noexit extends KernelModule {
  static int i_init() {
    pr_info("noexit: init\n");
    return 0;
  }

  {
    module_init(Noexit::i_init);
  }
}
