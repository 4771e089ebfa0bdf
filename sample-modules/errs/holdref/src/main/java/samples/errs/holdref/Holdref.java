/*
 * holdref.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.holdref;

import static jiffy.linux.Moduleparam.param_set_int;
import static jiffy.linux.Modules.THIS_MODULE;
import static jiffy.linux.Modules.__module_get;
import static jiffy.linux.Modules.module_put;
import static jiffy.linux.Modules.module_refcount;
import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;
import jiffy.linux.Moduleparam;
import jiffy.types.KernelParam;
import jiffy.types.KernelParamOps;

/** Holds itself, until its parameter is written. */
@ModuleInfo(name = "holdref", license = "GPL")
public final class Holdref extends KernelModule {
  @ModuleParam static int n = 1;

  @ModuleParam(ops = "po", perm = 0644)
  static int put;

  static final KernelParamOps po = new KernelParamOps();

  static {
    po.set = Holdref::put_set;
    po.get = Moduleparam::param_get_int;
  }

  static int put_set(String v, KernelParam kp) {
    int r = param_set_int(v, kp);
    if (r == 0) {
      while (put-- > 0) {
        module_put(THIS_MODULE());
      }
      put = 0;
    }
    return r;
  }

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
