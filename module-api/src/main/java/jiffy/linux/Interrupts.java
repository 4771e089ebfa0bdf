package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.IrqHandler;
import jiffy.types.SoftirqFunction;
import jiffy.types.TaskletCallback;
import jiffy.types.TaskletFunction;
import jiffy.types.TaskletStruct;

/**
 * {@code linux/interrupt.h}: interrupt lines (the top half), softirqs and tasklets (the bottom
 * half).
 *
 * <p>A tasklet runs in softirq context on the CPU that scheduled it, once however often it was
 * scheduled before it ran, never on two CPUs at once; those of {@link #tasklet_hi_schedule} before
 * the others, else in the order of scheduling. What a task scheduled is run by {@code ksoftirqd/N},
 * or inside the outermost {@code local_bh_enable}; what an interrupt scheduled, when its handler
 * has returned.
 *
 * <p>Contexts: any for all that do not say otherwise. All are thread safe; set-up is the caller's
 * to order.
 */
public final class Interrupts {
  /** High-priority tasklets. The kernel's own. */
  public static final int HI_SOFTIRQ = 0;

  /** Timers. The kernel's own. */
  public static final int TIMER_SOFTIRQ = 1;

  /** Free for a module. */
  public static final int NET_TX_SOFTIRQ = 2;

  /** Free for a module. */
  public static final int NET_RX_SOFTIRQ = 3;

  /** Free for a module. */
  public static final int BLOCK_SOFTIRQ = 4;

  /** Free for a module. */
  public static final int IRQ_POLL_SOFTIRQ = 5;

  /** Tasklets. The kernel's own. */
  public static final int TASKLET_SOFTIRQ = 6;

  /** Free for a module. */
  public static final int SCHED_SOFTIRQ = 7;

  /** Soft hrtimers. The kernel's own. */
  public static final int HRTIMER_SOFTIRQ = 8;

  /** Free for a module. */
  public static final int RCU_SOFTIRQ = 9;

  /** How many vectors there are; a smaller number is served earlier. */
  public static final int NR_SOFTIRQS = 10;

  /** Interrupt lines are numbered from 0 to this, exclusive. */
  public static final int NR_IRQS = 64;

  /** {@code request_irq}: others may have the line too. */
  public static final long IRQF_SHARED = 0x80;

  /** {@code request_irq}: the line stays disabled until {@link #enable_irq}. */
  public static final long IRQF_NO_AUTOEN = 0x80000;

  /** A handler's answer: it was not this device. */
  public static final int IRQ_NONE = 0;

  /** A handler's answer: it was this device, and it has been served. */
  public static final int IRQ_HANDLED = 1;

  /** Not supported: there are no threaded handlers. Counts as handled, with one warning. */
  public static final int IRQ_WAKE_THREAD = 2;

  private Interrupts() {}

  /**
   * {@code void open_softirq(int nr, void (*action)(struct softirq_action *))}: what serves a
   * vector from now on. Process context.
   *
   * <p>A vector of the kernel's own, or of another module, is refused by name in the log. It is
   * closed when the module goes.
   *
   * @param nr a vector, 0 to {@link #NR_SOFTIRQS} - 1; another throws IllegalArgumentException
   */
  public static void open_softirq(int nr, SoftirqFunction action) {
    Current current = Current.get();
    current.kernel.interrupts.softirqs.open(current, nr, action);
  }

  /**
   * {@code void raise_softirq(unsigned int nr)}: has the vector served soon on this CPU, once for
   * any number of raises before that.
   *
   * @param nr as {@link #open_softirq}
   */
  public static void raise_softirq(int nr) {
    Current current = Current.get();
    current.kernel.interrupts.softirqs.raise(current, nr, false);
  }

  /** {@code void raise_softirq_irqoff(unsigned int nr)}: {@link #raise_softirq}, with irqs off. */
  public static void raise_softirq_irqoff(int nr) {
    Current current = Current.get();
    current.kernel.interrupts.softirqs.raise(current, nr, true);
  }

  /**
   * {@code local_softirq_pending()}: the raised vectors of this CPU, {@code 1 << nr} each.
   *
   * @return an or of the vectors' bits; 0: none
   */
  public static int local_softirq_pending() {
    Current current = Current.get();
    return current.kernel.interrupts.softirqs.pending(current);
  }

  /**
   * {@code DECLARE_TASKLET(name, callback)}: {@code static final TaskletStruct name =
   * DECLARE_TASKLET(callback);}. For reports it is set up where it is first scheduled. These may be
   * called outside any kernel context, as static initializers are.
   *
   * @return the tasklet
   */
  public static TaskletStruct DECLARE_TASKLET(TaskletCallback callback) {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet.func = callback;
    tasklet.data = tasklet;
    return tasklet;
  }

  /**
   * {@code DECLARE_TASKLET(name, func, data)}, as it was before Linux 5.9.
   *
   * @return the tasklet
   */
  public static TaskletStruct DECLARE_TASKLET(TaskletFunction func, Object data) {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet.func = func;
    tasklet.data = data;
    return tasklet;
  }

  /**
   * {@code DECLARE_TASKLET_DISABLED(name, callback)}: runs once {@link #tasklet_enable}d.
   *
   * @return the tasklet
   */
  public static TaskletStruct DECLARE_TASKLET_DISABLED(TaskletCallback callback) {
    TaskletStruct tasklet = DECLARE_TASKLET(callback);
    tasklet.count = 1;
    return tasklet;
  }

  /**
   * {@code DECLARE_TASKLET_DISABLED(name, func, data)}, as it was before Linux 5.9.
   *
   * @return the tasklet
   */
  public static TaskletStruct DECLARE_TASKLET_DISABLED(TaskletFunction func, Object data) {
    TaskletStruct tasklet = DECLARE_TASKLET(func, data);
    tasklet.count = 1;
    return tasklet;
  }

  /**
   * {@code DECLARE_TASKLET_OLD(name, func)}: {@code func} gets 0L.
   *
   * @return the tasklet
   */
  public static TaskletStruct DECLARE_TASKLET_OLD(TaskletFunction func) {
    return DECLARE_TASKLET(func, 0L);
  }

  /**
   * {@code DECLARE_TASKLET_DISABLED_OLD(name, func)}: {@code func} gets 0L.
   *
   * @return the tasklet
   */
  public static TaskletStruct DECLARE_TASKLET_DISABLED_OLD(TaskletFunction func) {
    return DECLARE_TASKLET_DISABLED(func, 0L);
  }

  /**
   * {@code void tasklet_init(struct tasklet_struct *t, void (*func)(unsigned long), unsigned long
   * data)}: makes it ready for use.
   */
  public static void tasklet_init(TaskletStruct t, TaskletFunction func, Object data) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.setup(current, t, func, data);
  }

  /**
   * {@code void tasklet_setup(struct tasklet_struct *t, void (*callback)(struct tasklet_struct
   * *))}: makes it ready for use; the callback gets the tasklet.
   */
  public static void tasklet_setup(TaskletStruct t, TaskletCallback callback) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.setup(current, t, callback, t);
  }

  /**
   * {@code from_tasklet(var, callback_tasklet, tasklet_fieldname)}: the struct that the tasklet is
   * part of; in Java the module's class that extends TaskletStruct.
   *
   * @param type that class
   * @return the tasklet as what it is
   * @throws ClassCastException if the tasklet is no such object
   */
  public static <T extends TaskletStruct> T from_tasklet(Class<T> type, TaskletStruct t) {
    return type.cast(t);
  }

  /**
   * {@code void tasklet_schedule(struct tasklet_struct *t)}: has it run soon on this CPU. Nothing
   * happens if it is scheduled already; if it runs now, here or elsewhere, it runs once more.
   */
  public static void tasklet_schedule(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.schedule(current, t);
  }

  /** {@code void tasklet_hi_schedule(struct tasklet_struct *t)}: before those of the other. */
  public static void tasklet_hi_schedule(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.hiSchedule(current, t);
  }

  /** {@code void tasklet_disable_nosync(struct tasklet_struct *t)}: does not wait. Nests. */
  public static void tasklet_disable_nosync(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.disableNosync(current, t);
  }

  /**
   * {@code void tasklet_disable(struct tasklet_struct *t)}: keeps it from running until {@link
   * #tasklet_enable}, scheduled or not, and waits until it runs nowhere. Nests. Process context;
   * from the tasklet itself it warns and does not wait.
   */
  public static void tasklet_disable(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.disable(current, t);
  }

  /**
   * {@code void tasklet_disable_in_atomic(struct tasklet_struct *t)}: waits busily. Any context;
   * from the tasklet itself it warns and does not wait.
   */
  public static void tasklet_disable_in_atomic(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.disableInAtomic(current, t);
  }

  /**
   * {@code void tasklet_enable(struct tasklet_struct *t)}: undoes one disable; after the last, what
   * was scheduled meanwhile runs soon, not inside this call. One too many warns and does nothing.
   */
  public static void tasklet_enable(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.enable(current, t);
  }

  /**
   * {@code void tasklet_unlock_wait(struct tasklet_struct *t)}: until it runs nowhere. Process
   * context; from the tasklet itself it warns and does not wait.
   */
  public static void tasklet_unlock_wait(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.unlockWait(current, t);
  }

  /**
   * {@code void tasklet_kill(struct tasklet_struct *t)}: waits until it is idle: if it is scheduled
   * it runs first, it is not dropped. It may be scheduled again later. Process context.
   *
   * <p>From an interrupt, a softirq or with bh disabled it says so and does not wait. A tasklet
   * that stays disabled would be waited for without end on Linux; here it is given five seconds,
   * then taken off the list without having run, and the log names it.
   */
  public static void tasklet_kill(TaskletStruct t) {
    Current current = Current.get();
    current.kernel.interrupts.tasklets.kill(current, t);
  }

  /**
   * {@code int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char
   * *name, void *dev)}: has the handler called at each interrupt on the line. Process context.
   *
   * @param irq 0 to {@link #NR_IRQS} - 1; its CPU is {@code irq % nr_cpus}
   * @param flags 0 or an or of {@link #IRQF_SHARED}, {@link #IRQF_NO_AUTOEN}
   * @param name as /proc/interrupts shows it
   * @param dev_id handed to the handler, and what {@link #free_irq} knows it by; not null with
   *     IRQF_SHARED
   * @return 0: it is called from now on; {@code -EBUSY}: another has the line and not both share
   *     it; {@code -EINVAL}: no such line, no handler, a shared line without {@code dev_id} or with
   *     IRQF_NO_AUTOEN, or the handler's module goes
   */
  public static int request_irq(
      int irq, IrqHandler handler, long flags, String name, Object dev_id) {
    Current current = Current.get();
    return current.kernel.interrupts.irqs.request(current, irq, handler, flags, name, dev_id);
  }

  /**
   * {@code const void *free_irq(unsigned int irq, void *dev_id)}: gives it back, and waits until
   * the handler runs no more. Process context; from an interrupt or a softirq it warns, and from a
   * handler of that CPU it does not wait. Not while holding a lock that the handler takes.
   *
   * @return the name that it was requested by; null, with a warning, if no handler with this {@code
   *     dev_id} has the line
   */
  public static Object free_irq(int irq, Object dev_id) {
    Current current = Current.get();
    return current.kernel.interrupts.irqs.free(current, irq, dev_id);
  }

  /** {@code void disable_irq_nosync(unsigned int irq)}: does not wait. Nests. */
  public static void disable_irq_nosync(int irq) {
    Current current = Current.get();
    current.kernel.interrupts.irqs.disableNosync(current, irq);
  }

  /**
   * {@code void disable_irq(unsigned int irq)}: holds the line back until {@link #enable_irq}, and
   * waits until no handler of it runs. Nests. What comes meanwhile is one interrupt, at the enable.
   * A line that there is not is ignored. Process context, without a lock that a handler takes; from
   * a handler of that CPU it warns and does not wait.
   */
  public static void disable_irq(int irq) {
    Current current = Current.get();
    current.kernel.interrupts.irqs.disable(current, irq);
  }

  /** {@code void enable_irq(unsigned int irq)}: undoes one disable; one too many only warns. */
  public static void enable_irq(int irq) {
    Current current = Current.get();
    current.kernel.interrupts.irqs.enable(current, irq);
  }

  /**
   * {@code void synchronize_irq(unsigned int irq)}: waits until no handler of the line runs.
   * Process context; from a handler of that CPU it warns and does not wait.
   */
  public static void synchronize_irq(int irq) {
    Current current = Current.get();
    current.kernel.interrupts.irqs.synchronize(current, irq);
  }
}
