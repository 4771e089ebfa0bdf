package jiffy.kernel;

import jiffy.types.TaskStruct;

/**
 * The context that this thread runs in: which kernel, which task, which CPU, and Linux's
 * preempt_count.
 *
 * <p>Every static function of {@code jiffy.linux} begins with {@link #get}. A thread of the runtime
 * has its context in a field; a foreign thread gets one by {@code machine.attach(name)} and has it
 * until it closes that. Only the thread itself uses its context: no method is thread safe.
 */
public abstract class Current {
  private static final ThreadLocal<Current> ATTACHED = new ThreadLocal<>();

  /** The kernel that this context belongs to. */
  public final Kernel kernel;

  /**
   * The log's own, of no use to anybody else: the message that this context is about to print. Here
   * because a look at a {@code ThreadLocal} costs a tenth of a printk.
   */
  public Object draft;

  /** A context of the given kernel, not bound to a thread yet. */
  protected Current(Kernel kernel) {
    this.kernel = kernel;
  }

  /**
   * The calling thread's context.
   *
   * @throws IllegalStateException if the thread runs in no kernel context; the message says what to
   *     do
   */
  public static Current get() {
    Thread thread = Thread.currentThread();
    if (thread instanceof KernelThread) {
      Current current = ((KernelThread) thread).current;
      if (current != null) {
        return current;
      }
    }
    Current attached = ATTACHED.get();
    if (attached == null) {
      throw new IllegalStateException(
          "thread '"
              + thread.getName()
              + "' runs in no kernel context: kernel functions may be called from init, exit,"
              + " timers, tasklets, work items and kthreads; start threads with kthread_run(), or"
              + " join with machine.attach(name)");
    }
    return attached;
  }

  /** The calling thread's context, or null if it has none. */
  public static Current orNull() {
    Thread thread = Thread.currentThread();
    if (thread instanceof KernelThread && ((KernelThread) thread).current != null) {
      return ((KernelThread) thread).current;
    }
    return ATTACHED.get();
  }

  /**
   * Makes this the context of the calling thread; null takes it away. For the runtime.
   *
   * @return what it was before, to be put back
   */
  public static Current bind(Current current) {
    Thread thread = Thread.currentThread();
    if (thread instanceof KernelThread) {
      KernelThread own = (KernelThread) thread;
      Current before = own.current;
      own.current = current;
      return before;
    }
    Current before = ATTACHED.get();
    if (current == null) {
      ATTACHED.remove();
    } else {
      ATTACHED.set(current);
    }
    return before;
  }

  /**
   * Makes this the context of another thread, from its next call on: one that was given up. For the
   * runtime.
   */
  public static void rebind(KernelThread thread, Current current) {
    thread.current = current;
  }

  /** Linux's preempt_count: preempt depth, softirq, hardirq, NMI bits as in preempt.h. */
  public abstract int preemptCount();

  /** Whether interrupts of this context's CPU are off for it. */
  public abstract boolean irqsDisabled();

  /** Number of the CPU it runs on; stable while the task does not sleep. */
  public abstract int cpuNumber();

  /** The task that runs, or that was interrupted. */
  public abstract TaskStruct task();

  /** Counts a lock that is about to be taken: what runs now must not be preempted. */
  public abstract void preemptDisable();

  /** Undoes {@link #preemptDisable}. */
  public abstract void preemptEnable();

  /** {@code preempt_disable()}: as {@link #preemptDisable}, for the sake of no lock. */
  public abstract void preemptDisableWithoutLock();

  /** {@code preempt_enable()}: undoes {@link #preemptDisableWithoutLock}. */
  public abstract void preemptEnableWithoutLock();

  /** {@code local_bh_disable()}: softirq handlers of this CPU wait until it is undone. */
  public abstract void localBhDisable();

  /** {@code local_bh_enable()}: the outermost runs what became due meanwhile. */
  public abstract void localBhEnable();

  /** {@code local_irq_save()}: irqs off. @return the state before, for {@link #localIrqRestore} */
  public abstract long localIrqSave();

  /** {@code local_irq_restore(flags)}. */
  public abstract void localIrqRestore(long flags);

  /** {@code local_irq_enable()}. */
  public abstract void localIrqEnable();

  /**
   * A step that others could see is about to be taken. Where who runs when is explored, others may
   * come first; else nothing happens.
   *
   * @param what the step, for reports: {@code reads Kt.count}
   */
  public abstract void choicePoint(String what);

  /**
   * A Java monitor is about to be entered, or the like: until as many {@link #leaveMonitor} there
   * are no choice points, for whoever came first might want the monitor and could never run.
   */
  public abstract void enterMonitor();

  /** Undoes one {@link #enterMonitor}; without one nothing happens. */
  public abstract void leaveMonitor();

  /** {@code cpu_relax()}: a busy loop breathes here; costs virtual time in a simulation. */
  public abstract void cpuRelax();

  /** Busy-waits this many nanoseconds; in a simulation it costs just that. */
  public abstract void delay(long nanos);
}
