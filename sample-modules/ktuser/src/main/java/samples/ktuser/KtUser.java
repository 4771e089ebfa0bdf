/*
 * ktuser.c: user of KernelTimer
 *
 * Ported to Jiffy line for line from the C module of that name: see sample-modules/LICENSE.
 */
package samples.ktuser;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.in_interrupt;
import static jiffy.linux.Printk.pr_info;
import static samples.kerneltimer.KernelTimer.TIsTimerExists;
import static samples.kerneltimer.KernelTimer.TimerModifyInterval;
import static samples.kerneltimer.KernelTimer.TimerReset;
import static samples.kerneltimer.KernelTimer.TimerStart;
import static samples.kerneltimer.KernelTimer.TimerStop;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;

/** Seed 002's timers at work: several at once, a number twice, another interval, a stop. */
@ModuleInfo(name = "ktuser", license = "GPL", description = "user of KernelTimer")
public final class KtUser extends KernelModule {
  static long n1;
  static long n2;

  static void cb1(long d) {
    n1++;
    pr_info(
        "ktuser: timer %lu fired at %lu in_interrupt=%d\n", d, jiffies(), in_interrupt() ? 1 : 0);
  }

  static void cb2(long d) {
    n2++;
    pr_info(
        "ktuser: timer %lu fired at %lu in_interrupt=%d\n", d, jiffies(), in_interrupt() ? 1 : 0);
  }

  static int u_init() {
    pr_info("ktuser: start at %lu\n", jiffies());
    pr_info("ktuser: TimerStart(1,500ms) = %d\n", TimerStart(1, KtUser::cb1, 500, 1));
    pr_info("ktuser: TimerStart(2,200ms) = %d\n", TimerStart(2, KtUser::cb2, 200, 2));
    pr_info("ktuser: TimerStart(1) again = %d\n", TimerStart(1, KtUser::cb1, 500, 1));
    pr_info("ktuser: TIsTimerExists(1)=%d (3)=%d\n", TIsTimerExists(1), TIsTimerExists(3));
    msleep(1100);
    pr_info("ktuser: n1=%lu n2=%lu\n", n1, n2);
    pr_info(
        "ktuser: TimerModifyInterval(2,100)=%d (3)=%d\n",
        TimerModifyInterval(2, 100), TimerModifyInterval(3, 100));
    msleep(1050);
    pr_info("ktuser: n1=%lu n2=%lu\n", n1, n2);
    pr_info("ktuser: TimerReset(1)=%d TimerReset(9)=%d\n", TimerReset(1), TimerReset(9));
    pr_info("ktuser: TimerStop(2)=%d\n", TimerStop(2));
    pr_info("ktuser: TimerStop(2) again=%d\n", TimerStop(2));
    return 0;
  }

  static void u_exit() {
    pr_info(
        "ktuser: TimerStop(1)=%d TimerStop(2)=%d n1=%lu n2=%lu\n",
        TimerStop(1), TimerStop(2), n1, n2);
  }

  {
    module_init(KtUser::u_init);
    module_exit(KtUser::u_exit);
  }
}
