package jiffy.runtime.context;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;

/**
 * Keeps a CPU's handlers and its tasks apart: {@code local_bh_disable} and {@code
 * local_irq_disable} in one atomic word; an uncontended pair costs two atomic adds.
 *
 * <p>Shared side: any thread, by {@link #enterBh}, {@link #enterIrq} and the leaves. Exclusive
 * side: the CPU's softirq thread, and its interrupt thread.
 */
public final class Gate {
  /*
   * On Linux a softirq handler interrupts the CPU's task, so a task keeps handlers out by a mere
   * count. Here handler and tasks are threads that run at the same time, and the count becomes a
   * gate: tasks that disable enter it shared, a running handler has it exclusively. The word:
   *
   *   63      52 51      40 39     36 35 34 33 32 31        16 15         0
   *   +---------+----------+--+-----+--+--+--+--+------------+------------+
   *   | hard gen| soft gen |  |taskW|hW|sW|hR|sR| irq shares | bh shares  |
   *   +---------+----------+--+-----+--+--+--+--+------------+------------+
   *   sR/hR: a softirq/hardirq handler runs;  sW/hW: one waits to;  taskW: tasks wait
   *
   *                       may enter when
   *   softirq handler     no bh share, no irq share, no sR
   *   hardirq handler     no irq share, no hR           (it does not wait for the softirq handler:
   *                                                      on Linux it interrupts that too)
   *   task, bh            no sR,  and no sW unless it is atomic already
   *   task, irq           no sR, no hR, and no sW or hW unless it is atomic already
   *   softirq handler,irq no hR
   *
   * "Unless it is atomic already" is why this is no lock with writer preference. A task may hold
   * spin_lock(a) when it disables bh, while another of the same CPU has disabled bh and wants a:
   *
   *     task 1                task 2                  handler
   *     spin_lock(a)          local_bh_disable()
   *                                                   waits for task 2 (sW)
   *     local_bh_disable()    spin_lock(a): spins
   *
   * That is legal on Linux, and if the waiting handler held task 1 up, all three would wait for ever.
   * A task with preempt_count 0 holds no spinlock, so holding it up is safe and lets the handler in.
   *
   * A waiting side sets its W bit and then looks again before it parks; who leaves looks at the W bits
   * in the same atomic step that takes its share away. So one of the two sees the other.
   *
   * A task deep in a module's recursion may meet a StackOverflowError at any call. Between the step that
   * takes a share and the one that hands it over or gives it back stands a call that can throw, and who
   * catches it has no stack to give the share back. A store needs none: so the thread is marked as one
   * that owes a share, and settle() gives it back, called by the thread itself when it enters again or
   * ends, or by the handler's thread when it has waited for long.
   *
   * Generations: a handler that never returns is given up by evictSoftirq() or evictHardirq(): that
   * counts the generation up and frees the slot for a fresh thread. If the old one comes back after
   * all, its exit carries the old generation and is ignored.
   */

  private static final VarHandle WORD;
  private static final VarHandle OWES_BH_SHARE;
  private static final VarHandle OWES_IRQ_SHARE;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(Gate.class, "word", long.class);
      OWES_BH_SHARE = lookup.findVarHandle(HwThread.class, "owesBhShare", boolean.class);
      OWES_IRQ_SHARE = lookup.findVarHandle(HwThread.class, "owesIrqShare", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final long BH_SHARE = 1L;
  private static final long BH_SHARES = 0xffffL;
  private static final long IRQ_SHARE = 1L << 16;
  private static final long IRQ_SHARES = 0xffffL << 16;
  private static final long SOFT_RUNS = 1L << 32;
  private static final long HARD_RUNS = 1L << 33;
  private static final long SOFT_WAITS = 1L << 34;
  private static final long HARD_WAITS = 1L << 35;
  private static final long TASKS_WAIT = 1L << 36;
  private static final int SOFT_GENERATION_SHIFT = 40;
  private static final int HARD_GENERATION_SHIFT = 52;
  private static final long GENERATION_MASK = 0xfff;

  /** Tries before a task parks; on one machine word, some microseconds. */
  private static final int SPINS = 200;

  private final Arch arch;
  private final ConcurrentLinkedQueue<HwThread> waitingTasks = new ConcurrentLinkedQueue<>();
  private volatile HwThread softirqThread;
  private volatile HwThread interruptThread;

  @SuppressWarnings("unused") // through WORD
  private volatile long word;

  Gate(Arch arch) {
    this.arch = arch;
  }

  /**
   * Enters for {@code local_bh_disable}: waits while a softirq handler runs.
   *
   * @param atomic the caller must not be held up by a handler that merely waits
   */
  void enterBh(HwThread self, boolean atomic) {
    long blocking = atomic ? SOFT_RUNS : SOFT_RUNS | SOFT_WAITS;
    enter(self, BH_SHARE, blocking);
  }

  /**
   * Enters for {@code local_irq_disable}: waits while a handler runs.
   *
   * @param softirqsOut softirq handlers are kept out already, or the caller is one
   * @param atomic as for {@link #enterBh}
   */
  void enterIrq(HwThread self, boolean softirqsOut, boolean atomic) {
    long blocking = HARD_RUNS;
    if (!softirqsOut) {
      blocking |= atomic ? SOFT_RUNS : SOFT_RUNS | SOFT_WAITS;
    }
    if (!atomic) {
      blocking |= HARD_WAITS;
    }
    enter(self, IRQ_SHARE, blocking);
  }

  /** Undoes {@link #enterBh}. @return whether a softirq handler has been waiting */
  boolean leaveBh() {
    return wakeAfter(releaseBh());
  }

  /** Undoes {@link #enterIrq}. @return whether a softirq handler has been waiting */
  boolean leaveIrq() {
    return wakeAfter(releaseIrq());
  }

  /**
   * The first half of {@link #leaveBh}: does nothing after the step that takes the share away, so
   * that a caller whose stack overflows knows whether it has been.
   *
   * @return for {@link #wakeAfter}
   */
  long releaseBh() {
    return (long) WORD.getAndAdd(this, -BH_SHARE) - BH_SHARE;
  }

  /** As {@link #releaseBh}, of {@link #leaveIrq}. */
  long releaseIrq() {
    return (long) WORD.getAndAdd(this, -IRQ_SHARE) - IRQ_SHARE;
  }

  /** The second half: wakes whom the release lets in. @return whether a softirq handler waited */
  boolean wakeAfter(long left) {
    if ((left & (SOFT_WAITS | HARD_WAITS)) == 0) {
      return false;
    }
    if ((left & SOFT_WAITS) != 0 && (left & (BH_SHARES | IRQ_SHARES)) == 0) {
      arch.unpark(softirqThread);
    }
    if ((left & HARD_WAITS) != 0 && (left & IRQ_SHARES) == 0) {
      arch.unpark(interruptThread);
    }
    return (left & SOFT_WAITS) != 0;
  }

  /**
   * Takes a share as soon as nobody who blocks it runs or waits. If it throws, it has none or owes
   * it: all that changes the word is in this one frame.
   */
  private void enter(HwThread self, long share, long blocking) {
    if (self.owesBhShare || self.owesIrqShare) {
      settle(self);
    }
    if (((long) WORD.getAndAdd(this, share) & blocking) == 0) {
      return;
    }
    boolean hasShare = true;
    try {
      int spins = arch.isSimulated() ? 0 : SPINS;
      do {
        long left = (long) WORD.getAndAdd(this, -share) - share;
        hasShare = false;
        wakeAfter(left);
        while (((long) WORD.getVolatile(this) & blocking) != 0) {
          if (spins > 0) {
            spins--;
            arch.relax(self);
          } else {
            parkTask(self, blocking);
          }
        }
        left = (long) WORD.getAndAdd(this, share);
        hasShare = true;
        if ((left & blocking) == 0) {
          return;
        }
      } while (true);
    } catch (Throwable e) { // a StackOverflowError of a module's, or the end of a simulation
      if (hasShare) { // no call here: it would meet the next one
        if (share == BH_SHARE) {
          self.owesBhShare = true;
        } else {
          self.owesIrqShare = true;
        }
      }
      throw e;
    }
  }

  /** Gives back the shares that the thread owes. Any thread. */
  public void settle(HwThread debtor) {
    if (debtor.owesBhShare && OWES_BH_SHARE.compareAndSet(debtor, true, false)) {
      long left;
      try {
        left = releaseBh();
      } catch (Throwable e) { // the same again
        debtor.owesBhShare = true;
        throw e;
      }
      wakeAfter(left);
    }
    if (debtor.owesIrqShare && OWES_IRQ_SHARE.compareAndSet(debtor, true, false)) {
      long left;
      try {
        left = releaseIrq();
      } catch (Throwable e) {
        debtor.owesIrqShare = true;
        throw e;
      }
      wakeAfter(left);
    }
  }

  private void parkTask(HwThread self, long blocking) {
    waitingTasks.add(self);
    long before = (long) WORD.getAndBitwiseOr(this, TASKS_WAIT);
    if ((before & blocking) != 0) {
      arch.park(self, Arch.NEVER);
    }
    waitingTasks.remove(self);
  }

  private void wakeTasks() {
    for (HwThread waiter : waitingTasks) {
      arch.unpark(waiter);
    }
  }

  /** Whether somebody is parked here, or about to be. */
  public boolean isAwaited() {
    return (word & (TASKS_WAIT | HARD_WAITS | SOFT_WAITS)) != 0;
  }

  /** Names the thread that {@link #tryEnterSoftirq} is called by from now on. */
  public void bindSoftirq(HwThread thread) {
    softirqThread = thread;
  }

  /** Names the thread that {@link #tryEnterHardirq} is called by from now on. */
  public void bindInterrupt(HwThread thread) {
    interruptThread = thread;
  }

  /**
   * For the softirq thread: enters exclusively, or registers to be unparked when it may try again.
   *
   * @return the generation for {@link #exitSoftirq}, or -1 if it has to wait
   */
  public int tryEnterSoftirq() {
    return tryEnter(
        BH_SHARES | IRQ_SHARES | SOFT_RUNS, SOFT_RUNS, SOFT_WAITS, SOFT_GENERATION_SHIFT);
  }

  /** For the interrupt thread: as {@link #tryEnterSoftirq}. */
  public int tryEnterHardirq() {
    return tryEnter(IRQ_SHARES | HARD_RUNS, HARD_RUNS, HARD_WAITS, HARD_GENERATION_SHIFT);
  }

  private int tryEnter(long blocking, long runs, long waits, int shift) {
    for (; ; ) {
      long seen = (long) WORD.getVolatile(this);
      boolean blocked = (seen & blocking) != 0;
      long next = blocked ? seen | waits : (seen & ~waits) | runs;
      if (WORD.compareAndSet(this, seen, next)) {
        return blocked ? -1 : (int) (seen >>> shift & GENERATION_MASK);
      }
    }
  }

  /** For the softirq thread: it does not wait to enter any more, for it stops. */
  public void withdrawSoftirq() {
    withdraw(SOFT_WAITS);
  }

  /** For the interrupt thread: as {@link #withdrawSoftirq}. */
  public void withdrawHardirq() {
    withdraw(HARD_WAITS);
  }

  private void withdraw(long waits) {
    long before = (long) WORD.getAndBitwiseAnd(this, ~(waits | TASKS_WAIT));
    if ((before & TASKS_WAIT) != 0) {
      wakeTasks();
    }
  }

  /**
   * The handler of this generation has returned.
   *
   * @return false if it had been given up meanwhile: nothing has changed, its thread is to end
   */
  public boolean exitSoftirq(int generation) {
    return exit(generation, SOFT_RUNS, SOFT_GENERATION_SHIFT, 0);
  }

  /** As {@link #exitSoftirq}. */
  public boolean exitHardirq(int generation) {
    return exit(generation, HARD_RUNS, HARD_GENERATION_SHIFT, 0);
  }

  /**
   * Gives up the softirq handler that runs: its slot is free for a fresh thread.
   *
   * @return false if none of this generation runs
   */
  public boolean evictSoftirq(int generation) {
    return exit(generation, SOFT_RUNS, SOFT_GENERATION_SHIFT, 1);
  }

  /** As {@link #evictSoftirq}. */
  public boolean evictHardirq(int generation) {
    return exit(generation, HARD_RUNS, HARD_GENERATION_SHIFT, 1);
  }

  private boolean exit(int generation, long runs, int shift, int generations) {
    for (; ; ) {
      long seen = (long) WORD.getVolatile(this);
      if ((seen & runs) == 0 || (seen >>> shift & GENERATION_MASK) != generation) {
        return false;
      }
      long next = seen & ~(runs | TASKS_WAIT | GENERATION_MASK << shift);
      next |= (generation + generations & GENERATION_MASK) << shift;
      if (WORD.compareAndSet(this, seen, next)) {
        if ((seen & TASKS_WAIT) != 0) {
          wakeTasks();
        }
        return true;
      }
    }
  }

  /** The generation that the softirq slot is in. */
  public int softirqGeneration() {
    return (int) ((long) WORD.getVolatile(this) >>> SOFT_GENERATION_SHIFT & GENERATION_MASK);
  }

  /** The generation that the hardirq slot is in. */
  public int hardirqGeneration() {
    return (int) ((long) WORD.getVolatile(this) >>> HARD_GENERATION_SHIFT & GENERATION_MASK);
  }

  /** Shares, runners and waiters, for reports. */
  @Override
  public String toString() {
    long seen = (long) WORD.getVolatile(this);
    return "gate[bh "
        + (seen & BH_SHARES)
        + ", irq "
        + ((seen & IRQ_SHARES) >>> 16)
        + ((seen & SOFT_RUNS) != 0 ? ", softirq runs" : "")
        + ((seen & HARD_RUNS) != 0 ? ", hardirq runs" : "")
        + ((seen & SOFT_WAITS) != 0 ? ", softirq waits" : "")
        + ((seen & HARD_WAITS) != 0 ? ", hardirq waits" : "")
        + ((seen & TASKS_WAIT) != 0 ? ", tasks wait" : "")
        + "]";
  }
}
