package samples.halves;

import static jiffy.linux.Interrupts.DECLARE_TASKLET;
import static jiffy.linux.Interrupts.IRQF_SHARED;
import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.free_irq;
import static jiffy.linux.Interrupts.request_irq;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Preempt.in_hardirq;
import static jiffy.linux.Preempt.in_serving_softirq;
import static jiffy.linux.Printk.KERN_ERR;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Smp.smp_processor_id;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;
import jiffy.types.TaskletStruct;

/**
 * Both halves of seed 003's picture: the interrupt handler only takes note and schedules a tasklet,
 * which does the rest. Load it, then interrupt it with {@code jiffy irq 9}.
 */
@ModuleInfo(
    name = "halves",
    license = "Apache-2.0",
    description = "The top and the bottom half of an interrupt")
public final class Halves extends KernelModule {

  /* What the device and both halves share */
  static final class Device {
    int interrupts;
    int served;
  }

  static final Device device = new Device();

  @ModuleParam("interrupt line")
  static int irq = 9;

  static final TaskletStruct bottom = DECLARE_TASKLET(Halves::bottom_half);

  private static void tell(String who) {
    printk(
        KERN_INFO + "%s: CPU %d, %s, in_hardirq %d, in_serving_softirq %d, irqs_disabled %d\n",
        who,
        smp_processor_id(),
        current().comm,
        in_hardirq() ? 1 : 0,
        in_serving_softirq() ? 1 : 0,
        irqs_disabled() ? 1 : 0);
  }

  /* With interrupts off: as little as can be */
  static int top_half(int irq, Object dev_id) {
    ((Device) dev_id).interrupts++;
    tasklet_schedule(bottom);
    tell("top half");
    return IRQ_HANDLED;
  }

  /* With interrupts on: what takes time; once for several interrupts, perhaps */
  static void bottom_half(TaskletStruct t) {
    tell("bottom half");
    printk(KERN_INFO + "%d new, %d in all\n", device.interrupts - device.served, device.interrupts);
    device.served = device.interrupts;
  }

  static int halves_init() {
    int error = request_irq(irq, Halves::top_half, IRQF_SHARED, "halves", device);
    if (error != 0) {
      printk(KERN_ERR + "halves: irq %d cannot be had: error %d\n", irq, error);
    }
    return error;
  }

  static void halves_exit() {
    free_irq(irq, device); /* no new interrupt from here on */
    tasklet_kill(bottom); /* and what the last one scheduled has run */
    printk(KERN_INFO + "halves: %d interrupts\n", device.served);
  }

  {
    module_init(Halves::halves_init);
    module_exit(Halves::halves_exit);
  }
}
