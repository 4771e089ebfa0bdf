package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.PreemptCount;
import jiffy.types.TaskStruct;

/**
 * The softirq thread of one CPU: sleeps until its clock event or a raise, then runs what is raised.
 */
final class SoftirqThread {
  /*
   * Bears two tasks. What an interrupt raised, on Linux, is served on top of the task that was
   * interrupted, here always the idle task (preempt_count 0x101: idle's own 1 and softirq's 0x100);
   * what a task raised is served by ksoftirqd/N (0x100).
   *
   * The thread is made at the first raise or arming: `state` goes NONE -> STARTING -> AWAKE, then
   * between AWAKE and ASLEEP. Nobody unparks a thread that is awake: it looks again before it sleeps.
   *
   *     thread                              raiser
   *     state = ASLEEP                      pending |= bit, or deadline = earlier
   *     look at pending and deadline        look at state: if ASLEEP, unpark
   *     park
   *
   * Both sides write, then read, volatile variables, so at least one sees the other.
   *
   * A generation is one thread. evict() gives a stuck one up: the gate's slot and the CPU go to a
   * fresh thread, and what the pass had still to serve is raised again; the old one ends as soon as
   * its handler returns.
   *
   * What a handler raises goes to the task that the handler runs on. An interrupt's handlers that keep
   * raising are handed to ksoftirqd after MAX_RESTARTS passes, as on Linux.
   *
   * A raiser deep in a module's recursion may meet a StackOverflowError between setting the bit and the
   * wake-up: the wake-up is owed then, and the next raise makes it good, or who waits for a pass.
   */

  private static final VarHandle START_OWED;

  static {
    try {
      START_OWED =
          MethodHandles.lookup().findVarHandle(SoftirqThread.class, "startOwed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int NONE = 0;
  private static final int STARTING = 1;
  private static final int AWAKE = 2;
  private static final int ASLEEP = 3;

  /**
   * Bound of a park at the gate: a task that leaves it deep in a module's recursion may meet a
   * StackOverflowError just when it should wake this thread, or keep its share. 100 ms.
   */
  private static final long GATE_NANOS = 100_000_000L;

  /** So many passes earn a look for more before it sleeps. */
  private static final int LINGERS_AFTER = 32;

  /** Passes in a row on the idle task's account. */
  private static final int MAX_RESTARTS = 10;

  private final Arch arch;
  private final Softirqs softirqs;
  private final AtomicInteger state = new AtomicInteger(NONE);
  private final AtomicReference<HwThread> thread = new AtomicReference<>();

  /** Who was to make the thread had no stack left for that, or only for part of it. */
  private volatile boolean startOwed;

  private volatile long sleepsUntil = Arch.NEVER;
  private volatile boolean stopping;
  private volatile Context running;

  /** Vectors that a task raised, as far as they are pending. */
  private final AtomicInteger raisedByTask = new AtomicInteger();

  /** Vectors of this pass that are not served yet: by a task, and all. Written by the thread. */
  private volatile int unservedByTask;

  private volatile int unserved;

  /** Passes since nothing was pending. Of the thread alone. */
  private int restarts;

  /** Passes for what tasks raised, since it last looked for more in vain. Of the thread alone. */
  private int credit;

  private final BooleanSupplier seesWork;

  /** A raiser could not wake the thread. */
  private volatile boolean wakeOwed;

  final Cpu cpu;
  final ClockEvent clockEvent = new ClockEvent(this);

  SoftirqThread(Arch arch, Softirqs softirqs, Cpu cpu) {
    this.arch = arch;
    this.softirqs = softirqs;
    this.cpu = cpu;
    this.seesWork = () -> cpu.pending.get() != 0 || clockEvent.deadline() <= arch.now() || stopping;
    cpu.onAwaited(this::wake);
    cpu.onIrqExit(vectors -> raise(vectors, 0));
  }

  /** Marks a vector pending and makes sure that it is served. */
  void raise(Vector vector, boolean byTask) {
    raise(vector.bit(), byTask ? vector.bit() : 0);
  }

  private void raise(int vectors, int byTask) {
    try {
      if ((raisedByTask.get() & byTask) != byTask) {
        raisedByTask.getAndAccumulate(byTask, (mask, bits) -> mask | bits);
      }
      boolean more = (cpu.pending.get() & vectors) != vectors;
      if (more) {
        cpu.pending.getAndAccumulate(vectors, (mask, bits) -> mask | bits);
      }
      if (more || wakeOwed || state.get() == NONE) {
        wakeOwed = false;
        wake();
      }
    } catch (Throwable e) { // a StackOverflowError of the module's
      wakeOwed = true;
      throw e;
    }
  }

  /** For the thread itself, in a handler: whether what that raises goes to ksoftirqd. */
  boolean isTired(Context context) {
    boolean isKsoftirqd = context.task().pid == cpu.ksoftirqd.pid; // or rather its double
    return isKsoftirqd || restarts > MAX_RESTARTS;
  }

  /** For the thread itself: whether it has had much to do lately, and is to do only that now. */
  boolean isBusyWith(Vector vector) {
    return credit == LINGERS_AFTER
        && unserved == 0
        && (cpu.pending.get() | vector.bit()) == vector.bit()
        && !cpu.isPassAwaited()
        && clockEvent.deadline() > arch.now();
  }

  /** The clock event moved forward. */
  void wakeFor(long nanos) {
    if (state.get() != ASLEEP || nanos < sleepsUntil) {
      wake();
    }
  }

  private void wake() {
    int seen = state.get();
    if (seen == ASLEEP) {
      arch.unpark(thread.get());
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
      arch.spawn("softirq/" + cpu.number, this::live);
    } catch (IllegalStateException e) {
      state.set(NONE);
      if (!stopping) {
        softirqs.reportNoThread(cpu, e);
      }
    }
  }

  /** Whether there is no thread, nor one about to come. */
  boolean isUnborn() {
    return state.get() == NONE;
  }

  private void live(HwThread self) {
    if (!thread.compareAndSet(null, self)) {
      return; // made twice: see startOwed
    }
    Context context = softirqs.contexts.make(self, cpu, cpu.idle);
    Current.bind(context);
    cpu.gate.bindSoftirq(self);
    state.set(AWAKE);
    try {
      while (!stopping && thread.get() == self) {
        if (clockEvent.expire(arch.now())) {
          raise(Vector.TIMER, false);
        }
        if (cpu.pending.get() != 0) {
          pass(context);
        } else if (!lingers()) {
          sleep(self);
        }
      }
    } finally {
      softirqs.contexts.remove(context);
      Current.bind(null);
    }
  }

  /** Out of work for now: waits a moment for the next. @return whether there is some */
  private boolean lingers() {
    restarts = 0;
    if (credit < LINGERS_AFTER) {
      return false;
    }
    boolean more = arch.linger(seesWork);
    credit = cpu.pending.get() != 0 ? credit : 0;
    return more;
  }

  private void sleep(HwThread self) {
    long until = clockEvent.deadline();
    sleepsUntil = until;
    state.set(ASLEEP);
    if (cpu.pending.get() == 0 && clockEvent.deadline() >= until && !stopping) {
      arch.park(self, until);
    }
    state.set(AWAKE);
  }

  private void pass(Context context) {
    int generation = cpu.gate.tryEnterSoftirq();
    while (generation < 0) {
      long until = arch.now() + GATE_NANOS;
      arch.park(context.thread, until);
      if (stopping) {
        cpu.gate.withdrawSoftirq();
        return;
      }
      generation = cpu.gate.tryEnterSoftirq();
      if (generation < 0 && arch.now() >= until) {
        softirqs.contexts.settle(cpu);
      }
    }
    running = context;
    int pending = cpu.pending.getAndSet(0);
    int byTask = raisedByTask.getAndUpdate(mask -> mask & ~pending) & pending;
    restarts++;
    credit = byTask != 0 ? Math.min(credit + 1, LINGERS_AFTER) : credit;
    unservedByTask = byTask;
    for (int left = pending; left != 0 && isMine(context); left = unserved) {
      Vector vector = Vector.first(left);
      unserved = left & left - 1;
      serve(context, vector, (byTask & vector.bit()) != 0);
    }
    if (isMine(context)) {
      running = null;
      cpu.passDone();
      cpu.gate.exitSoftirq(generation);
    }
  }

  /** Whether the context's thread has not been given up. */
  boolean isMine(Context context) {
    return thread.get() == context.thread;
  }

  private void serve(Context context, Vector vector, boolean byTask) {
    TaskStruct task = byTask ? cpu.ksoftirqd : cpu.idle;
    int count = PreemptCount.SOFTIRQ_OFFSET + (byTask ? 0 : PreemptCount.PREEMPT_OFFSET);
    context.setTask(task);
    context.setPreemptCount(count);
    context.forgetClock();
    softirqs.count(cpu.number, vector);
    try {
      softirqs.handler(vector).serve(context);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) { // the CPU goes on
      softirqs.reportThrown(vector, e, context);
    } finally {
      int after = context.preemptCount();
      if (after != count) {
        softirqs.reportLeak(vector, "", count, after);
      }
      context.localIrqEnable();
      context.setPreemptCount(0);
      context.setTask(cpu.idle);
    }
  }

  /**
   * Gives up the handler that runs: the CPU gets a fresh thread.
   *
   * @return the context of the thread that was given up, or null if none runs a handler
   */
  Context evict() {
    Context stuck = running;
    if (stuck == null || !cpu.gate.evictSoftirq(cpu.gate.softirqGeneration())) {
      return null;
    }
    running = null;
    thread.set(null);
    stuck.giveBackIrqShare();
    state.set(STARTING);
    int rest = unserved;
    cpu.pending.getAndAccumulate(rest, (mask, bits) -> mask | bits);
    raisedByTask.getAndAccumulate(unservedByTask & rest, (mask, bits) -> mask | bits);
    cpu.passDone();
    start();
    return stuck;
  }

  /** Lets the thread end once its handler has returned. */
  void stop() {
    stopping = true;
    cpu.goOffline();
    HwThread self = thread.get();
    if (self != null) {
      arch.unpark(self);
    }
  }
}
