/*
 * hello.c
 * Made for this project, to record what Linux does.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.errs.hello;

import static jiffy.linux.Printk.printk;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** Says hello, and goodbye. */
@ModuleInfo(name = "hello", license = "GPL")
public final class Hello extends KernelModule {
  static int h_init() {
    printk("Hello\n");
    return 0;
  }

  static void h_exit() {
    printk("Goodbye\n");
  }

  {
    module_init(Hello::h_init);
    module_exit(Hello::h_exit);
  }
}
