package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.CacheLine;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.RaisedSoftirqs;
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
   * The thread is made at the first raise or arming: `state` goes NONE -> STARTING -> BORN. Nobody unparks
   * a thread that is awake: it looks again before it sleeps. RaisedSoftirqs says how it and a raiser meet;
   * and who programs the clock event:
   *
   *     thread                              programmer
   *     asleep                              deadline = earlier
   *     look at deadline                    asleep? unpark
   *     park
   *
   * Both sides write, then read, volatile variables, so at least one sees the other.
   *
   * What the thread writes all the time is in Turn, in cache lines of its own: what a raiser reads here
   * changes only when a thread comes or goes.
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

  private static final VarHandle STATE;
  private static final VarHandle THREAD;
  private static final VarHandle START_OWED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(SoftirqThread.class, "state", int.class);
      THREAD = lookup.findVarHandle(SoftirqThread.class, "thread", HwThread.class);
      START_OWED = lookup.findVarHandle(SoftirqThread.class, "startOwed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int NONE = 0;
  private static final int STARTING = 1;
  private static final int BORN = 2;

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
  private final Turn turn = new Turn();
  private volatile int state = NONE;
  private volatile HwThread thread;

  /** Who was to make the thread had no stack left for that, or only for part of it. */
  private volatile boolean startOwed;

  private volatile boolean stopping;
  private final BooleanSupplier seesWork;

  /** A raiser could not wake the thread. */
  private volatile boolean wakeOwed;

  final Cpu cpu;
  private final RaisedSoftirqs raised;
  final ClockEvent clockEvent = new ClockEvent(this);

  SoftirqThread(Arch arch, Softirqs softirqs, Cpu cpu) {
    this.arch = arch;
    this.softirqs = softirqs;
    this.cpu = cpu;
    this.raised = cpu.raised;
    this.seesWork = () -> raised.get() != 0 || clockEvent.deadline() <= arch.now() || stopping;
    cpu.onAwaited(this::wake);
    cpu.onIrqExit(vectors -> raise(vectors, 0));
  }

  /** Marks a vector pending and makes sure that it is served. */
  void raise(Vector vector, boolean byTask) {
    raise(vector.bit(), byTask ? vector.bit() : 0);
  }

  private void raise(int vectors, int byTask) {
    try {
      boolean more = raised.raise(vectors, byTask);
      if (wakeOwed) {
        wakeOwed = false;
        more = true;
      }
      if (more || state == NONE) {
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
    return isKsoftirqd || turn.restarts > MAX_RESTARTS;
  }

  /** For the thread itself: whether it has had much to do lately, and is to do only that now. */
  boolean isBusyWith(Vector vector) {
    return turn.credit == LINGERS_AFTER
        && RaisedSoftirqs.vectors(turn.unserved) == 0
        && (raised.get() | vector.bit()) == vector.bit()
        && !cpu.isPassAwaited()
        && clockEvent.deadline() > arch.now();
  }

  /** The clock event moved forward. */
  void wakeFor(long nanos) {
    if (!raised.isAsleep() || nanos < turn.sleepsUntil) {
      wake();
    }
  }

  private void wake() {
    HwThread sleeper = raised.isAsleep() ? thread : null;
    if (sleeper != null) {
      arch.unpark(sleeper);
      return;
    }
    int seen = state;
    if (seen == NONE && !stopping && STATE.compareAndSet(this, NONE, STARTING)
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
      state = NONE;
      if (!stopping) {
        softirqs.reportNoThread(cpu, e);
      }
    }
  }

  /** Whether there is no thread, nor one about to come. */
  boolean isUnborn() {
    return state == NONE;
  }

  private void live(HwThread self) {
    if (!THREAD.compareAndSet(this, null, self)) {
      return; // made twice: see startOwed
    }
    Context context = softirqs.contexts.make(self, cpu, cpu.idle);
    Current.bind(context);
    cpu.gate.bindSoftirq(self);
    state = BORN;
    try {
      while (!stopping && thread == self) {
        takeTurn(context);
      }
    } finally {
      softirqs.contexts.remove(context);
      Current.bind(null);
    }
  }

  /**
   * Sleeps if there is nothing to do, then does it. A method of its own, for it is called again and
   * again and so gets compiled: the loop of a thread that works now and then never is. And in this
   * order, for from asleep to the first handler it then meets no interpreter, whose tables have
   * left the caches meanwhile.
   */
  private void takeTurn(Context context) {
    boolean works = hasWork();
    if (!works) {
      if (!lingers()) {
        sleep(context.thread);
      }
      works = hasWork();
    }
    if (works && !stopping) {
      pass(context);
    }
  }

  /** Whether something is raised; what has expired is raised first. */
  private boolean hasWork() {
    if (clockEvent.isProgrammed() && clockEvent.expire(arch.now())) {
      raise(Vector.TIMER, false);
    }
    return raised.get() != 0;
  }

  /** Out of work for now: waits a moment for the next. @return whether there is some */
  private boolean lingers() {
    turn.restarts = 0;
    if (turn.credit < LINGERS_AFTER) {
      return false;
    }
    boolean more = arch.linger(seesWork);
    turn.credit = raised.get() != 0 ? turn.credit : 0;
    return more;
  }

  private void sleep(HwThread self) {
    long until = clockEvent.deadline();
    turn.sleepsUntil = until;
    if (!raised.fallAsleep()) {
      return;
    }
    if (clockEvent.deadline() >= until && !stopping) {
      arch.park(self, until);
    }
    raised.awake();
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
    turn.running = context;
    int taken = raised.take();
    int byTask = RaisedSoftirqs.byTask(taken);
    turn.restarts++;
    turn.credit = byTask != 0 ? Math.min(turn.credit + 1, LINGERS_AFTER) : turn.credit;
    for (int left = RaisedSoftirqs.vectors(taken); left != 0 && isMine(context); ) {
      Vector vector = Vector.first(left);
      taken &= ~vector.bit();
      turn.unserved = taken;
      serve(context, vector, (byTask & vector.bit()) != 0);
      left = RaisedSoftirqs.vectors(taken);
    }
    if (isMine(context)) {
      turn.running = null;
      cpu.passDone();
      cpu.gate.exitSoftirq(generation);
    }
  }

  /** Whether the context's thread has not been given up. */
  boolean isMine(Context context) {
    return thread == context.thread;
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
    Context stuck = turn.running;
    if (stuck == null || !cpu.gate.evictSoftirq(cpu.gate.softirqGeneration())) {
      return null;
    }
    turn.running = null;
    thread = null;
    stuck.giveBackIrqShare();
    state = STARTING;
    int rest = turn.unserved;
    raised.raise(RaisedSoftirqs.vectors(rest), RaisedSoftirqs.byTask(rest));
    cpu.passDone();
    start();
    return stuck;
  }

  /** Lets the thread end once its handler has returned. */
  void stop() {
    stopping = true;
    cpu.goOffline();
    HwThread self = thread;
    if (self != null) {
      arch.unpark(self);
    }
  }

  /** What the thread, and who gives it up, writes: apart from what raisers read. */
  private static final class Turn extends TurnFields {
    /** Keeps the next object's fields out of the line of ours. */
    long back0, back1, back2, back3, back4, back5, back6;
  }

  /** The fields of a {@link Turn}. */
  private abstract static class TurnFields extends CacheLine {
    volatile long sleepsUntil = Arch.NEVER;
    volatile Context running;

    /** What this pass has still to serve, as {@link RaisedSoftirqs#take} gave it. */
    volatile int unserved;

    /** Passes since nothing was pending. Of the thread alone. */
    int restarts;

    /** Passes for what tasks raised, since it last looked for more in vain. Of the thread alone. */
    int credit;
  }
}
