package samples.semprobe;

import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Preempt.in_atomic;
import static jiffy.linux.Preempt.in_hardirq;
import static jiffy.linux.Preempt.in_interrupt;
import static jiffy.linux.Preempt.in_serving_softirq;
import static jiffy.linux.Preempt.in_softirq;
import static jiffy.linux.Preempt.in_task;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Smp.raw_smp_processor_id;

/** sp.h: what the sections share. */
final class Sp {
  private Sp() {}

  static void P(String fmt, Object... args) {
    printk(KERN_INFO + "semprobe: " + fmt + "\n", args);
  }

  /** struct ctx: what a context says of itself. */
  static final class Ctx {
    boolean in_int;
    boolean in_soft;
    boolean serving;
    boolean in_hard;
    boolean atomic;
    boolean task;
    boolean irqsoff;
    int cpu;
    int pid;
    int pc;
    String comm = "";
  }

  static void getctx(Ctx c) {
    c.pc = preempt_count();
    c.in_int = in_interrupt();
    c.in_soft = in_softirq();
    c.serving = in_serving_softirq();
    c.in_hard = in_hardirq();
    c.atomic = in_atomic();
    c.task = in_task();
    c.irqsoff = irqs_disabled();
    c.cpu = raw_smp_processor_id();
    c.pid = current().pid;
    c.comm = current().comm;
  }

  static void prctx(String w, Ctx c) {
    P(
        "ctx.%s | in_interrupt=%d in_softirq=%d in_serving_softirq=%d in_hardirq=%d in_atomic=%d"
            + " in_task=%d irqs_disabled=%d preempt_count=0x%08x cpu=%d pid=%d comm=%s",
        w, c.in_int, c.in_soft, c.serving, c.in_hard, c.atomic, c.task, c.irqsoff, c.pc, c.cpu,
        c.pid, c.comm);
  }
}
