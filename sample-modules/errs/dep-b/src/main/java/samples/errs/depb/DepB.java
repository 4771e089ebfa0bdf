/*
 * dep-b.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.depb;

import static jiffy.linux.Printk.pr_info;
import static samples.errs.depa.DepA.dep_a_fn;

import jiffy.linux.ExportSymbol;
import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** A library that needs another one. */
@ModuleInfo(name = "dep_b", license = "GPL")
public final class DepB extends KernelModule {
  /** 2. */
  @ExportSymbol(gpl = true)
  public static int dep_b_fn() {
    return dep_a_fn() + 1;
  }

  static int i_init() {
    pr_info("dep_b init\n");
    return 0;
  }

  static void i_exit() {
    pr_info("dep_b exit\n");
  }

  {
    module_init(DepB::i_init);
    module_exit(DepB::i_exit);
  }
}
