package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import jiffy.kernel.Current;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.WaitList;

/**
 * The interrupt thread of one CPU: sleeps until a deadline event or a raise, then runs the handlers
 * that are due, with the CPU's gate held on its hard side.
 */
final class InterruptThread {
  /*
   * The sibling of SoftirqThread, and built like it: made at first use; `state` goes NONE -> STARTING
   * -> AWAKE, then between AWAKE and ASLEEP; nobody unparks a thread that is awake, for it looks again
   * before it sleeps:
   *
   *     thread                               raiser
   *     sleepsUntil = earliest deadline
   *     state = ASLEEP                       queue a handler, or deadline = earlier
   *     look at queue, deadlines, requests   look at state: if ASLEEP (and for a deadline: if that
   *     park                                 is earlier than sleepsUntil), unpark
   *
   * A pass is one entry of the gate: the events that are due, then the handlers that were queued when
   * it began; what is raised meanwhile has the next pass, so that tasks get their turn at the gate.
   *
   * Who wants to find its interrupt done takes a ticket, the number of its request. A pass reads the
   * last number before it looks at anything, and serves all tickets up to it when it is over; so a
   * pass that was under way when the request came, and may have looked too early, does not count.
   *
   * The last spinNanos before a deadline are not slept: the loop of live() then turns without a park.
   * A park ends late, by some tens of microseconds; how late is learnt, as a moving average, and made up
   * for, so that the thread is back half of spinNanos before the deadline. Who is back earlier than
   * spinNanos before it parks once more.
   *
   * A generation is one thread. evict() gives a stuck one up: the gate's slot and the CPU go to a
   * fresh thread; the old one ends as soon as its handler returns.
   */

  private static final VarHandle START_OWED;

  static {
    try {
      START_OWED =
          MethodHandles.lookup().findVarHandle(InterruptThread.class, "startOwed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int NONE = 0;
  private static final int STARTING = 1;
  private static final int AWAKE = 2;
  private static final int ASLEEP = 3;

  /** Of the average, the last park is one part in so many. */
  private static final int LATENESS_SHARE = 8;

  /** Idle's own 1, and hardirq's. */
  private static final int COUNT = PreemptCount.HARDIRQ_OFFSET + PreemptCount.PREEMPT_OFFSET;

  /** Bound of a park at the gate, for the reason that SoftirqThread gives: 100 ms. */
  private static final long GATE_NANOS = 100_000_000L;

  private final Arch arch;
  private final Interrupts interrupts;
  private final Cpu cpu;
  private final long spinNanos;
  private final CopyOnWriteArrayList<DeadlineEvent> events = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<Interrupts.Handler> raised = new ConcurrentLinkedQueue<>();
  private final AtomicInteger state = new AtomicInteger(NONE);
  private final AtomicReference<HwThread> thread = new AtomicReference<>();

  /** Who was to make the thread had no stack left for that, or only for part of it. */
  private volatile boolean startOwed;

  private final AtomicLong requests = new AtomicLong();
  private final WaitList waiters;

  /** How late parks end, in ns: a moving average. Of the thread alone. */
  private long lateness;

  private volatile long served;
  private volatile long passes;
  private volatile long sleepsUntil = Arch.NEVER;
  private volatile boolean stopping;
  private volatile Context running;

  InterruptThread(Arch arch, Interrupts interrupts, Cpu cpu, long spinNanos) {
    this.arch = arch;
    this.interrupts = interrupts;
    this.cpu = cpu;
    this.spinNanos = spinNanos;
    this.waiters = new WaitList(arch);
  }

  DeadlineEvent addEvent(Interrupts.Handler handler) {
    DeadlineEvent event = new DeadlineEvent(this, handler);
    events.add(event);
    return event;
  }

  void raise(Interrupts.Handler handler) {
    raised.add(handler);
    wake();
  }

  /** An event moved forward. */
  void wakeFor(long nanos) {
    if (state.get() != ASLEEP || nanos < sleepsUntil) {
      wake();
    }
  }

  /**
   * Waits until a pass that begins after this call is over; not for a thread that cannot be had.
   */
  void awaitPass(Context caller) {
    long ticket = requests.incrementAndGet();
    wake();
    waiters.await(caller.thread, () -> served >= ticket || stopping || isUnborn());
  }

  /** Passes made. */
  long passes() {
    return passes;
  }

  /** Whether there is no thread, nor one about to come. */
  boolean isUnborn() {
    return state.get() == NONE;
  }

  private void wake() {
    int seen = state.get();
    if (seen == ASLEEP) {
      HwThread sleeper = thread.get();
      if (sleeper != null) { // else it was given up just now, and a fresh one is on its way
        arch.unpark(sleeper);
      }
    } else if (seen == NONE && !stopping && state.compareAndSet(NONE, STARTING)
        || seen == STARTING && startOwed && START_OWED.compareAndSet(this, true, false)) {
      try {
        start();
      } catch (Throwable e) { // a StackOverflowError of the module's: it may come or not; no call
        startOwed = true;
        throw e;
      }
    }
  }

  /** Does not throw: the caller may hold a lock. The next raise or arming tries again. */
  private void start() {
    try {
      arch.spawn("irq/" + cpu.number, this::live);
    } catch (IllegalStateException e) {
      state.set(NONE);
      waiters.wakeAll();
      if (!stopping) {
        interrupts.reportNoThread(cpu, e);
      }
    }
  }

  private void live(HwThread self) {
    if (!thread.compareAndSet(null, self)) {
      return; // made twice: see startOwed
    }
    arch.sharpen(self);
    Context context = interrupts.contexts.make(self, cpu, cpu.idle);
    Current.bind(context);
    cpu.gate.bindInterrupt(self);
    state.set(AWAKE);
    cpu.irqExit(); // what the handler of a thread that was given up has raised
    try {
      while (!stopping && thread.get() == self) {
        long deadline = nextDeadline();
        if (arch.now() >= deadline || isCalled()) {
          pass(context);
        } else {
          sleep(self, deadline);
        }
      }
    } finally {
      interrupts.contexts.remove(context);
      Current.bind(null);
    }
  }

  private long nextDeadline() {
    long next = Arch.NEVER;
    for (int i = 0; i < events.size(); i++) {
      next = Math.min(next, events.get(i).deadline());
    }
    return next;
  }

  /** Whether a handler is queued or a pass is waited for. */
  private boolean isCalled() {
    return !raised.isEmpty() || requests.get() != served;
  }

  private void sleep(HwThread self, long deadline) {
    long now = arch.now();
    if (deadline - spinNanos <= now) {
      arch.relax(self);
      return;
    }
    long until = wakeUpTime(deadline, now);
    sleepsUntil = deadline;
    state.set(ASLEEP);
    if (!isCalled() && nextDeadline() >= deadline && !stopping) {
      arch.park(self, until);
      learn(until);
    }
    if (thread.get() == self) {
      state.set(AWAKE);
    }
  }

  private long wakeUpTime(long deadline, long now) {
    if (spinNanos == 0 || deadline == Arch.NEVER) {
      return deadline;
    }
    long early = deadline - spinNanos / 2 - lateness;
    return now < early ? early : deadline - spinNanos;
  }

  /** A park is over that was to last until then, if nobody ended it. */
  private void learn(long until) {
    long late = spinNanos == 0 || until == Arch.NEVER ? -1 : arch.now() - until;
    if (late >= 0) {
      lateness += (Math.min(late, 2 * spinNanos) - lateness) / LATENESS_SHARE;
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer: who holds the gate
  private void pass(Context context) {
    int generation = cpu.gate.tryEnterHardirq();
    while (generation < 0) {
      long until = arch.now() + GATE_NANOS;
      arch.park(context.thread, until);
      if (stopping) {
        cpu.gate.withdrawHardirq();
        return;
      }
      generation = cpu.gate.tryEnterHardirq();
      if (generation < 0 && arch.now() >= until) {
        interrupts.contexts.settle(cpu);
      }
    }
    running = context;
    long ticket = requests.get();
    serveAll(context);
    if (cpu.gate.exitHardirq(generation)) {
      running = null;
      passes++;
      served = ticket;
      waiters.wakeAll();
    }
  }

  private void serveAll(Context context) {
    long now = arch.now();
    for (int i = 0; i < events.size() && isMine(context); i++) {
      DeadlineEvent event = events.get(i);
      if (now >= event.deadline()) {
        event.expire();
        serve(context, event.handler);
      }
    }
    for (int left = raised.size(); left > 0 && isMine(context); left--) {
      Interrupts.Handler handler = raised.poll();
      if (handler != null) {
        serve(context, handler);
      }
    }
  }

  /** Whether the context's thread has not been given up. */
  boolean isMine(Context context) {
    return thread.get() == context.thread;
  }

  private void serve(Context context, Interrupts.Handler handler) {
    context.setPreemptCount(COUNT);
    context.localIrqSave();
    context.forgetClock();
    try {
      handler.handle(context);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) { // the CPU goes on
      interrupts.reportThrown(handler, e, context);
    } finally {
      int after = context.preemptCount();
      if (after != COUNT) {
        interrupts.reportLeak(handler, COUNT, after);
        context.setPreemptCount(COUNT);
      }
      if (!context.irqsDisabled()) {
        interrupts.reportEnabled(handler);
      }
      context.localIrqEnable();
      context.setPreemptCount(0);
      cpu.irqExit();
    }
  }

  /**
   * Gives up the handler that runs: the CPU gets a fresh thread.
   *
   * @return the context of the thread that was given up, or null if none runs a handler
   */
  Context evict() {
    Context stuck = running;
    if (stuck == null || !thread.compareAndSet(stuck.thread, null)) {
      return null;
    }
    boolean evicted = cpu.gate.evictHardirq(cpu.gate.hardirqGeneration());
    running = null;
    state.set(STARTING);
    start();
    return evicted ? stuck : null; // it may have returned at the last moment
  }

  /** Lets the thread end once its handler has returned. */
  void stop() {
    stopping = true;
    waiters.wakeAll();
    HwThread self = thread.get();
    if (self != null) {
      arch.unpark(self);
    }
  }
}
