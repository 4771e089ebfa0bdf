/*
 * params.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.params;

import static jiffy.linux.Printk.pr_info;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** Every kind of parameter. */
@ModuleInfo(
    name = "params",
    license = "GPL v2",
    author = {"First Author <a@b>", "Second Author"},
    description = "all parameter types",
    version = "1.2.3",
    alias = "params-alias")
public final class Params extends KernelModule {
  @ModuleParam(value = "an int", perm = 0644)
  static int myint = 42;

  static int i_init() {
    pr_info("params: myint=%d\n", myint);
    return 0;
  }

  static void i_exit() {
    pr_info("params: exit myint=%d\n", myint);
  }

  {
    module_init(Params::i_init);
    module_exit(Params::i_exit);
  }
}
