/*
 * slowmod.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.slowmod;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** Takes its time to come and to go. */
@ModuleInfo(name = "slowmod", license = "GPL")
public final class Slowmod extends KernelModule {
  @ModuleParam static int in = 3000;
  @ModuleParam static int out = 3000;
  @ModuleParam static int ret;

  static int i_init() {
    pr_info("slowmod: init sleeps %d ms\n", in);
    msleep(in);
    pr_info("slowmod: init done\n");
    return ret;
  }

  static void i_exit() {
    pr_info("slowmod: exit sleeps %d ms\n", out);
    msleep(out);
    pr_info("slowmod: exit done\n");
  }

  {
    module_init(Slowmod::i_init);
    module_exit(Slowmod::i_exit);
  }
}
