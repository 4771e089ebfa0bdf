/*
 * holdref.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.holdref;

import static jiffy.linux.Modules.THIS_MODULE;
import static jiffy.linux.Modules.__module_get;
import static jiffy.linux.Modules.module_refcount;
import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** Holds itself, until its parameter is written. */
@ModuleInfo(name = "holdref", license = "GPL")
public final class Holdref extends KernelModule {
  @ModuleParam static int n = 1;

  static int i_init() {
    int i;
    for (i = 0; i < n; i++) {
      __module_get(THIS_MODULE());
    }
    pr_info("holdref: refcount %d\n", module_refcount(THIS_MODULE()));
    return 0;
  }

  static void i_exit() {
    pr_info("holdref: exit\n");
  }

  {
    module_init(Holdref::i_init);
    module_exit(Holdref::i_exit);
  }
}
