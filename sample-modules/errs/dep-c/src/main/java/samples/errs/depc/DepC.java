/*
 * dep-c.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.depc;

import static jiffy.linux.Printk.pr_info;
import static samples.errs.depa.DepA.dep_a_fn;
import static samples.errs.depb.DepB.dep_b_fn;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** Needs two libraries, one of which needs the other, and would like hello first. */
@ModuleInfo(name = "dep_c", license = "GPL", softdep = "pre: hello")
public final class DepC extends KernelModule {
  @ModuleParam static int x;

  static int i_init() {
    pr_info("dep_c init %d x=%d\n", dep_a_fn() + dep_b_fn(), x);
    return x < 0 ? x : 0;
  }

  static void i_exit() {
    pr_info("dep_c exit\n");
  }

  {
    module_init(DepC::i_init);
    module_exit(DepC::i_exit);
  }
}
