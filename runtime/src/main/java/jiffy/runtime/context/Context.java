package jiffy.runtime.context;

import static jiffy.runtime.context.PreemptCount.HANDLER_MASK;
import static jiffy.runtime.context.PreemptCount.PREEMPT_MASK;
import static jiffy.runtime.context.PreemptCount.PREEMPT_OFFSET;
import static jiffy.runtime.context.PreemptCount.SOFTIRQ_DISABLED;
import static jiffy.runtime.context.PreemptCount.SOFTIRQ_DISABLE_OFFSET;
import static jiffy.runtime.context.PreemptCount.SOFTIRQ_MASK;
import static jiffy.runtime.context.PreemptCount.SOFTIRQ_OFFSET;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Current;
import jiffy.kernel.Kernel;
import jiffy.kernel.KernelThread;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.types.TaskStruct;

/**
 * What runs on a thread: task, CPU, preempt_count, interrupt state, owner.
 *
 * <p>One a thread. Not thread safe: only its own thread uses it, but for {@link #task} and {@link
 * #owner}, which reports read at any time, and {@link #giveBackIrqShare}.
 */
public final class Context extends Current {
  private static final VarHandle OWNER;
  private static final VarHandle HAS_IRQ_SHARE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OWNER = lookup.findVarHandle(Context.class, "owner", Owner.class);
      HAS_IRQ_SHARE = lookup.findVarHandle(Context.class, "hasIrqShare", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** {@link #hooks}: virtual time; reads of the clock are sim points. */
  public static final int HOOK_SIM = 1;

  /** {@link #hooks}: who runs is explored; what others could see is a choice point. */
  public static final int HOOK_CHOICE = 2;

  /** Positive and unique among the live contexts of a kernel: what a lock keeps as its owner. */
  public final int id;

  /** The thread, for parking. */
  public final HwThread thread;

  /** Where it runs; a task's is fixed, for none migrates. */
  public final Cpu cpu;

  /** What fast paths have to do besides: an or of HOOK_ bits, 0 on a plain host. */
  public int hooks;

  /** How many mutexes and rw_semaphores it holds: the latter for writing only. */
  public int locksHeld;

  /** What this context last read as jiffies; 0 before the first read, and after a wait. */
  public long lastJiffies;

  /** Who is told when this sleeps; null: nobody. Set once, by the context itself. */
  public SleepWatcher sleepWatcher;

  /**
   * Counts the calls that have taken something over from their caller: who meets a
   * StackOverflowError knows by it whether the callee answers for that thing already.
   */
  public int takenOver;

  /**
   * Counts the timers that were taken out by a call which then met a StackOverflowError: whose they
   * are learns by it that nothing will come of them.
   */
  public int timersLost;

  /** So many timers are armed by one read of the clock, at most. */
  private static final int ARMINGS_A_READ = 64;

  /** How many more may be armed by {@link #lastJiffies}. */
  private int armings;

  private final Arch arch;
  private volatile TaskStruct task;
  private volatile Owner owner;
  private int preemptCount;

  /** How much of the preempt depth is preempt_disable()'s: the rest are locks. */
  private int withoutLock;

  /** How many of the JVM's locks the module code that runs may hold, where that is counted. */
  private int monitors;

  private boolean irqsOff;
  private boolean miscounted;
  private final AtomicBoolean sharesTaken = new AtomicBoolean();

  private final boolean isHandlers;

  /**
   * Whether a handler has a share of the gate for its disabled interrupts: who gives it up, or it
   * itself, gives that back. False in a task's context.
   */
  private volatile boolean hasIrqShare;

  /** A handler's thread has its own doubles of its CPU's two tasks, for it may sleep as they. */
  private final TaskStruct ownIdle;

  private final TaskStruct ownKsoftirqd;

  Context(Kernel kernel, Arch arch, int id, HwThread thread, Cpu cpu, TaskStruct task) {
    super(kernel);
    this.arch = arch;
    this.id = id;
    this.thread = thread;
    this.cpu = cpu;
    this.isHandlers = task == cpu.idle;
    this.ownIdle = isHandlers ? doubleOf(cpu.idle) : cpu.idle;
    this.ownKsoftirqd = isHandlers ? doubleOf(cpu.ksoftirqd) : cpu.ksoftirqd;
    this.task = isHandlers ? ownIdle : task;
    this.owner = Owner.CORE;
    this.hooks = (arch.isSimulated() ? HOOK_SIM : 0) | (arch.hasChoicePoints() ? HOOK_CHOICE : 0);
  }

  private static TaskStruct doubleOf(TaskStruct task) {
    return new TaskStruct(task.pid, task.comm);
  }

  @Override
  public int preemptCount() {
    return preemptCount;
  }

  /** Puts back a count that a callback has left changed, or enters and leaves a handler. */
  public void setPreemptCount(int count) {
    preemptCount = count;
  }

  @Override
  public boolean irqsDisabled() {
    return irqsOff;
  }

  @Override
  public int cpuNumber() {
    return cpu.number;
  }

  @Override
  public TaskStruct task() {
    return task;
  }

  /** The softirq thread bears two tasks; everybody else keeps the one it was made with. */
  public void setTask(TaskStruct task) {
    this.task = task == cpu.idle ? ownIdle : task == cpu.ksoftirqd ? ownKsoftirqd : task;
  }

  /** The module on whose behalf this runs now; {@link Owner#CORE} for the kernel itself. */
  public Owner owner() {
    return owner;
  }

  /** Says on whose behalf this runs from now on. @return the one before, to be put back */
  public Owner setOwner(Owner owner) {
    Owner before = this.owner;
    if (before != owner) { // at each callback: no fence, and no store for nothing
      OWNER.setRelease(this, owner);
    }
    return before;
  }

  @Override
  public void preemptDisable() {
    if ((preemptCount & PREEMPT_MASK) == PREEMPT_MASK) {
      miscounted("preempt_disable() or spin_lock() nested too deeply");
      return;
    }
    preemptCount += PREEMPT_OFFSET;
  }

  @Override
  public void preemptEnable() {
    if ((preemptCount & PREEMPT_MASK) == 0) {
      miscounted("preempt_enable() or spin_unlock() without its counterpart");
      return;
    }
    preemptCount -= PREEMPT_OFFSET;
  }

  @Override
  public void preemptDisableWithoutLock() {
    int before = preemptCount;
    preemptDisable();
    withoutLock += preemptCount - before;
  }

  @Override
  public void preemptEnableWithoutLock() {
    preemptEnable();
    withoutLock = Math.max(0, withoutLock - 1);
  }

  @Override
  public void localBhDisable() {
    if ((hooks & HOOK_CHOICE) != 0) {
      choicePoint("local_bh_disable");
    }
    int count = preemptCount;
    if ((count & SOFTIRQ_DISABLED) == SOFTIRQ_DISABLED) {
      miscounted("local_bh_disable() nested too deeply");
      return;
    }
    if ((count & (SOFTIRQ_MASK | HANDLER_MASK)) == 0) {
      cpu.gate.enterBh(thread, count != 0 || irqsOff);
    }
    preemptCount = count + SOFTIRQ_DISABLE_OFFSET;
  }

  @Override
  public void localBhEnable() {
    if ((hooks & HOOK_CHOICE) != 0) {
      choicePoint("local_bh_enable");
    }
    if ((preemptCount & SOFTIRQ_DISABLED) == 0) {
      miscounted("local_bh_enable() without its counterpart");
      return;
    }
    int count = preemptCount - SOFTIRQ_DISABLE_OFFSET;
    if ((count & (SOFTIRQ_MASK | HANDLER_MASK)) != 0) {
      preemptCount = count;
      return;
    }
    long before = cpu.passes();
    boolean isRaised =
        cpu.raised.get() != 0; // now: without the share a pass may just have taken it
    long left = cpu.gate.releaseBh();
    preemptCount = count; // no call between these two: the count says who has a share
    if (cpu.gate.wakeAfter(left) || isRaised || cpu.raised.get() != 0) {
      letSoftirqsRun(before);
    }
  }

  @Override
  public long localIrqSave() {
    if (irqsOff) {
      return 1;
    }
    if ((hooks & HOOK_CHOICE) != 0) {
      choicePoint("local_irq_save");
    }
    int count = preemptCount;
    if ((count & PreemptCount.HARDIRQ_MASK) == 0) {
      cpu.gate.enterIrq(thread, (count & SOFTIRQ_MASK) != 0, count != 0);
      if (isHandlers) {
        hasIrqShare = true;
      }
    }
    irqsOff = true;
    return 0;
  }

  @Override
  public void localIrqRestore(long flags) {
    if (flags == 0) {
      localIrqEnable();
    } else {
      localIrqSave();
    }
  }

  @Override
  public void localIrqEnable() {
    if (!irqsOff) {
      return;
    }
    if ((hooks & HOOK_CHOICE) != 0) {
      choicePoint("local_irq_enable");
    }
    if ((preemptCount & PreemptCount.HARDIRQ_MASK) != 0) {
      irqsOff = false;
      return;
    }
    long before = cpu.passes();
    if (isHandlers && !HAS_IRQ_SHARE.compareAndSet(this, true, false)) {
      irqsOff = false; // taken away: see giveBackIrqShare
      return;
    }
    long left;
    try {
      left = cpu.gate.releaseIrq();
    } catch (Throwable e) { // a StackOverflowError of the module's: it still has it
      hasIrqShare = isHandlers;
      throw e;
    }
    irqsOff = false; // no call between these two, as in localBhEnable
    if (cpu.gate.wakeAfter(left)) {
      letSoftirqsRun(before);
    }
  }

  /**
   * For who gives up the handler that runs in this context, on any thread: should it never return,
   * its disabled interrupts keep nobody out.
   */
  public void giveBackIrqShare() {
    if (hasIrqShare && HAS_IRQ_SHARE.compareAndSet(this, true, false)) {
      cpu.gate.leaveIrq();
    }
  }

  /**
   * A count that would leave its bits: it stays as it is, for the gate's shares go by it. Linux's
   * DEBUG_PREEMPT does the same.
   */
  private void miscounted(String what) {
    miscounted = true;
    print(
        KernelLog.WARNING,
        String.format(
            Locale.ROOT, "WARNING: %s: %s, preempt_count %08x: ignored", task, what, preemptCount));
  }

  /** Whether a count would have left its bits since the last call. */
  public boolean takeMiscounted() {
    boolean was = miscounted;
    miscounted = false;
    return was;
  }

  private void print(int level, String text) {
    kernel.log.printk(this, level, "%s\n", new Object[] {text});
  }

  /** The task ends or leaves the kernel: gives back, and names, what it still keeps disabled. */
  public void exit() {
    String note = "note: " + task.comm + "[" + task.pid + "] exited with ";
    if (irqsOff) {
      print(KernelLog.INFO, note + "irqs disabled");
    }
    if (preemptCount != 0) {
      print(KernelLog.INFO, note + "preempt_count " + preemptCount);
    }
    if (locksHeld > 0) {
      print(KernelLog.WARNING, "WARNING: " + this + " still has locks held!");
    }
    enableAll();
  }

  /** Gives back all that is disabled: interrupts, softirqs, preemption. Waits for nobody. */
  public void enableAll() {
    preemptCount |= PREEMPT_OFFSET;
    withoutLock = 0; // waits for no softirq
    cpu.gate.settle(thread);
    localIrqEnable();
    while ((preemptCount & SOFTIRQ_DISABLED) != 0) {
      localBhEnable();
    }
    preemptCount = 0;
  }

  /**
   * On Linux what was held off runs inside the call that lets it; so this waits for one pass. But
   * not with a lock held, which a handler may be waiting for; preempt_disable() is no lock.
   */
  private void letSoftirqsRun(long before) {
    withoutLock = preemptCount == 0 ? 0 : withoutLock;
    if (preemptCount == withoutLock && !irqsOff) {
      cpu.awaitPass(thread, before);
      forgetClock();
    }
  }

  /** Whether this serves a softirq or an interrupt. */
  public boolean inHandler() {
    return (preemptCount & (SOFTIRQ_OFFSET | PreemptCount.HARDIRQ_MASK)) != 0;
  }

  /** The context's code has read the clock: it knows these jiffies. */
  public void clockRead(long jiffies) {
    lastJiffies = jiffies;
    armings = ARMINGS_A_READ;
  }

  /**
   * Whether the next timer may be armed by {@link #lastJiffies}; each answer counts. In a
   * simulation never: there the clock costs nothing, and each arming is exact.
   */
  public boolean mayArmByLastRead() {
    return lastJiffies != 0 && hooks == 0 && armings > 0 && armings-- > 0;
  }

  /** After a wait the last read of jiffies is old: the next arming reads the clock. */
  public void forgetClock() {
    lastJiffies = 0;
  }

  /** Says that it is about to sleep, to who wants to know. */
  public void sleeps() {
    if (sleepWatcher != null) {
      sleepWatcher.sleeps(this);
    }
  }

  /** Says that it has slept. */
  public void wakes() {
    if (sleepWatcher != null) {
      sleepWatcher.wakes(this);
    }
  }

  /**
   * Gives up what runs in this context, on a thread of the kernel's own: its waits end, and what it
   * calls of the kernel is refused, both by {@link jiffy.runtime.arch.Expelled}. Any thread.
   *
   * @param why a sentence
   */
  public void expel(String why) {
    if (thread.javaThread() instanceof KernelThread own) {
      Current.rebind(own, new ExpelledContext(kernel, task, why));
    }
    arch.expel(thread, why);
  }

  /**
   * For who has expelled a task that only computes, and so never comes to give it back: the
   * softirqs and interrupts that it keeps disabled are so no longer, unless it has just begun to
   * enable them itself. Any thread.
   */
  public void abandon() {
    if (!takeShares()) {
      return;
    }
    if ((preemptCount & SOFTIRQ_DISABLED) != 0) {
      cpu.gate.leaveBh();
    }
    if (irqsOff) {
      cpu.gate.leaveIrq();
    }
  }

  /**
   * For who enables what was left disabled, the task itself or {@link #abandon}: only one of them
   * may, for the gate counts shares.
   *
   * @return true for the first
   */
  public boolean takeShares() {
    return sharesTaken.compareAndSet(false, true);
  }

  /** Parks this task until it is unparked or the deadline, a time of the arch. */
  public void park(long deadline) {
    arch.park(thread, deadline);
    forgetClock();
  }

  /** Lets others run. */
  public void giveWay() {
    arch.giveWay(thread);
  }

  @Override
  public void choicePoint(String what) {
    if ((hooks & HOOK_CHOICE) != 0 && monitors == 0) {
      arch.choicePoint(thread, what);
    }
  }

  @Override
  public void enterMonitor() {
    monitors++;
  }

  @Override
  public void leaveMonitor() {
    monitors = Math.max(0, monitors - 1); // 0: it was entered before this was the context
  }

  @Override
  public void cpuRelax() {
    arch.relax(thread);
    forgetClock();
  }

  @Override
  public void delay(long nanos) {
    arch.delay(thread, nanos);
    forgetClock();
  }

  /** {@code comm/pid}. */
  @Override
  public String toString() {
    return task.toString();
  }
}
