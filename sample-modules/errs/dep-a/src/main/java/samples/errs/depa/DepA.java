/*
 * dep-a.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.depa;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.ExportSymbol;
import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** A library: one symbol, for modules under the GPL. */
@ModuleInfo(name = "dep_a", license = "GPL")
public final class DepA extends KernelModule {
  /** 1. */
  @ExportSymbol(gpl = true)
  public static int dep_a_fn() {
    return 1;
  }

  static int i_init() {
    pr_info("dep_a init\n");
    return 0;
  }

  static void i_exit() {
    pr_info("dep_a exit\n");
  }

  {
    module_init(DepA::i_init);
    module_exit(DepA::i_exit);
  }
}
