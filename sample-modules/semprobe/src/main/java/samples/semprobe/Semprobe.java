/*
 * main.c of semprobe: asks the kernel about edge cases of its API and prints the answers.
 *
 * Ported to Jiffy line for line. GPL, as the original: see sample-modules/LICENSE.
 */
package samples.semprobe;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.INITIAL_JIFFIES;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static samples.semprobe.Sp.P;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;

/** The module: runs the section that is asked for in its init. */
@ModuleInfo(name = "semprobe", license = "GPL")
public final class Semprobe extends KernelModule {
  /* The original has no descriptions */
  @ModuleParam("what to ask about: timer, ctx, hr, tasklet, wq, conv, sync or printk")
  static String sect = "";

  static int i_init() {
    P(
        "== section %s start jiffies=%lu HZ=%d INITIAL_JIFFIES=%lu (0x%lx) cpu=%d",
        sect, jiffies(), HZ(), INITIAL_JIFFIES(), INITIAL_JIFFIES(), raw_smp_processor_id());
    switch (sect) {
      case "timer" -> SpTimer.sp_timer();
      case "ctx" -> SpCtx.sp_ctx();
      case "hr" -> SpHr.sp_hr();
      case "tasklet" -> SpTasklet.sp_tasklet();
      case "conv" -> SpConv.sp_conv();
      case "sync" -> SpSync.sp_sync();
      case "wq" -> SpWq.sp_wq();
      case "printk" -> SpPrintk.sp_printk();
      /* wheel, late and extra are not ported yet */
      default -> {}
    }
    P("== section %s end", sect);
    return 0;
  }

  static void i_exit() {}

  {
    module_init(Semprobe::i_init);
    module_exit(Semprobe::i_exit);
  }
}
