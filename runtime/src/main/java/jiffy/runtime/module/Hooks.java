package jiffy.runtime.module;

import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Errno.ENOMEM;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import jiffy.kernel.Current;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.Expelled;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.module.hung.HungTasks;
import jiffy.runtime.sched.Task;
import jiffy.types.Mutex;

/**
 * Runs init and exit: as the calling task, for the module, with the module's loader as context
 * class loader, and with everything as it was afterwards; reports one that does not return, and
 * gives it up when its time is over.
 */
final class Hooks {
  /*
   * As the calling task means that `current` is insmod/PID, as on Linux. But the thread is a fresh
   * one, which bears the same task while the caller waits: what the hook stores in a ThreadLocal, and
   * with it the module's classes, ends with it; and the caller can go on when the hook does not return.
   *
   *     caller                                 hook's thread
   *     spawns it, waits                       body.run()
   *     ended?         -> its result           RUNNING -> ENDED by CAS, wakes the caller
   *     hung?          -> reports, waits on
   *     time over?     RUNNING -> GIVEN_UP by CAS, expels it, goes on
   *                                            CAS fails: runs what the caller left for its end
   *
   * Who is expelled is thrown out of its waits, and out of each kernel function that it calls. That ends
   * every hook but one that neither waits nor calls the kernel: its thread computes on, for ever
   * perhaps, but can change nothing here. Java has no way to stop it.
   */

  /** What came of a hook that was given up; no errno of a module's. */
  static final int GIVEN_UP = Integer.MIN_VALUE;

  /** No timeout. */
  static final long NEVER = 0;

  /** For one that was expelled to leave: 1 s. */
  private static final long LEAVE_NANOS = 1_000_000_000L;

  private enum State {
    RUNNING,
    ENDED,
    GIVEN_UP
  }

  private final Arch arch;
  private final Contexts contexts;
  private final KernelLog log;
  private final Taint taint;
  private final HungTasks hungTasks;

  Hooks(Arch arch, Contexts contexts, KernelLog log, Taint taint, HungTasks hungTasks) {
    this.arch = arch;
    this.contexts = contexts;
    this.log = log;
    this.taint = taint;
    this.hungTasks = hungTasks;
  }

  /**
   * Runs a hook.
   *
   * @param what {@code init} or {@code exit}, for messages
   * @param timeoutNanos when it is given up; 0: never
   * @param onLateEnd runs on the hook's thread, should one that was given up end
   * @return what the body returns; -EFAULT if it threw, which is printed; -ENOMEM if there was no
   *     thread to run it; {@link #GIVEN_UP} if it has not returned in time, which is printed, too
   */
  int run(
      Context caller,
      LoadedModule module,
      String what,
      long timeoutNanos,
      Task.Body body,
      Runnable onLateEnd) {
    return run(new Stand(caller, module, what, module::setHook, onLateEnd), timeoutNanos, body);
  }

  /**
   * Runs, in the same way, a function of a parameter. It is given up with the module's parameters,
   * too: {@link LoadedModule#abandonParams}.
   *
   * @param what its name, for messages
   * @param timeoutNanos when it is given up; {@link #NEVER}: only then
   * @return what the body returns; -EFAULT if it threw; -ENOMEM if there was no thread to run it;
   *     -ENODEV: it was given up
   */
  int callBack(
      Context caller, LoadedModule module, String what, long timeoutNanos, Task.Body body) {
    Stand stand = new Stand(caller, module, what, hook -> {}, () -> {});
    Consumer<Context> giveUp =
        by -> {
          stand.giveUp("is cut off, for the module goes");
          stand.awaitLeft(by);
        };
    module.addCallBack(giveUp);
    try {
      int result = run(stand, timeoutNanos, body);
      return result == GIVEN_UP ? -ENODEV : result;
    } finally {
      module.removeCallBack(giveUp);
    }
  }

  /** Who has it, for messages. */
  String holder(Mutex mutex) {
    int id = (int) mutex.__word;
    Context context = contexts.byId(id);
    return id == 0 ? "nobody" : context == null ? "a task that has ended" : context.toString();
  }

  private int run(Stand stand, long timeoutNanos, Task.Body body) {
    Context caller = stand.caller;
    try {
      arch.spawn(caller.task().comm, thread -> stand.live(thread, body));
    } catch (IllegalStateException | OutOfMemoryError e) {
      log.print(KernelLog.ERR, stand.module.name() + ": no thread for " + stand.what + ": " + e);
      return -ENOMEM;
    }
    try {
      return stand.await(timeoutNanos);
    } finally {
      caller.wakes();
      caller.forgetClock();
    }
  }

  /** A task's wait for the thread that bears it meanwhile. */
  private final class Stand {
    private final WaitList waiters = new WaitList(arch);
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final Context caller;
    private final LoadedModule module;
    private final String what;
    private final Consumer<Context> bearer;
    private final Runnable onLateEnd;
    private int result;
    private volatile Context own;
    private volatile boolean left;

    Stand(
        Context caller,
        LoadedModule module,
        String what,
        Consumer<Context> bearer,
        Runnable onLateEnd) {
      this.caller = caller;
      this.module = module;
      this.what = what;
      this.bearer = bearer;
      this.onLateEnd = onLateEnd;
    }

    void live(HwThread thread, Task.Body body) {
      Context context = contexts.make(thread, caller.cpu, caller.task());
      Current.bind(context);
      own = context;
      bearer.accept(context);
      try {
        if (state.get() == State.RUNNING) { // else it was given up before it was here
          result = runHere(context, module, what, body);
        }
      } finally {
        Current.bind(context); // it may have been expelled
        bearer.accept(null);
        boolean isLate = !state.compareAndSet(State.RUNNING, State.ENDED);
        left = true;
        waiters.wakeAll();
        if (isLate) {
          onLateEnd.run();
        }
        Current.bind(null);
        contexts.remove(context);
      }
    }

    int await(long timeoutNanos) {
      caller.sleeps();
      Runnable look = waiters::wakeAll;
      hungTasks.watch(look);
      try {
        return await(timeoutNanos, arch.now());
      } finally {
        hungTasks.unwatch(look);
      }
    }

    private int await(long timeoutNanos, long start) {
      long giveUpAt = timeoutNanos == 0 ? Arch.NEVER : start + timeoutNanos;
      long since = start;
      while (state.get() == State.RUNNING) {
        long from = since;
        long reportAt = hungTasks.reportAt(from);
        waiters.await(
            caller.thread,
            Math.min(giveUpAt, reportAt),
            () -> state.get() != State.RUNNING || hungTasks.reportAt(from) != reportAt);
        long now = arch.now();
        boolean isLate = now >= giveUpAt;
        if (isLate && own == null) { // on a busy host: it has not even begun
          giveUpAt = now + timeoutNanos;
        } else if (isLate) {
          giveUp("has not returned after " + timeoutNanos / 1_000_000 + " ms");
        }
        if (now >= hungTasks.reportAt(from)) {
          report();
          since = now;
        }
      }
      if (state.get() == State.GIVEN_UP) {
        mourn();
        return GIVEN_UP;
      }
      return result;
    }

    private void report() {
      Context hook = own;
      if (hook != null && state.get() == State.RUNNING) {
        hungTasks.report(hook, module.name(), what);
      }
    }

    /** Does nothing if it has just returned. Any thread. */
    void giveUp(String why) {
      if (!state.compareAndSet(State.RUNNING, State.GIVEN_UP)) {
        return;
      }
      Context hook = own;
      if (hook != null) { // else it has not begun, and will not
        String whose = module.name() + ": " + what;
        log.print(KernelLog.ALERT, whose + " " + why + ": it is given up");
        hungTasks.print(hook, module.name(), what);
        hook.expel(
            whose + " was given up, for it had not returned in time: the kernel is closed to it");
      }
      waiters.wakeAll();
    }

    /** Who was given up gets a moment to leave. @return false if it stays */
    boolean awaitLeft(Context by) {
      return waiters.await(by.thread, arch.now() + LEAVE_NANOS, () -> left || own == null);
    }

    /** By the caller, once. */
    private void mourn() {
      if (!awaitLeft(caller)) {
        own.abandon();
        log.print(
            KernelLog.ALERT,
            module.name()
                + ": "
                + what
                + " neither waits nor calls the kernel: its thread computes on, for Java cannot stop"
                + " it; what it calls of the kernel is refused");
      }
    }
  }

  private int runHere(Context self, LoadedModule module, String what, Task.Body body) {
    Thread thread = Thread.currentThread();
    ClassLoader contextLoader = thread.getContextClassLoader();
    thread.setContextClassLoader(module.loader());
    var owner = self.setOwner(module.owner);
    int count = self.preemptCount();
    boolean irqsOff = self.irqsDisabled();
    int locksHeld = self.locksHeld;
    self.takeMiscounted();
    try {
      int value = body.run();
      return value == GIVEN_UP ? GIVEN_UP + 1 : value;
    } catch (SimHalt e) {
      throw e;
    } catch (Expelled e) {
      return GIVEN_UP;
    } catch (Throwable e) {
      taint.add(Taint.Flag.DIE);
      Oops.print(log, module.name(), what, e, self);
      return -EFAULT;
    } finally {
      Current.bind(self); // it may have been expelled
      self.setOwner(owner);
      thread.setContextClassLoader(contextLoader);
      restoreCounts(self, module, what, count, irqsOff);
      if (self.locksHeld
          > locksHeld) { // a mutex, say: it stays held, for there is no telling which
        log.print(KernelLog.WARNING, module.name() + ": " + what + " returned with locks held");
      }
    }
  }

  /** As {@code do_one_initcall}: says what the hook has left disabled, and enables it. Once. */
  private void restoreCounts(
      Context self, LoadedModule module, String what, int count, boolean irqsOff) {
    if (!self.takeShares()) {
      return;
    }
    String left = "";
    if (self.irqsDisabled() && !irqsOff) {
      left = " disabled interrupts";
      enable(self::localIrqEnable);
    }
    if (self.preemptCount() != count || self.takeMiscounted()) {
      left = " preemption imbalance" + left;
      while (softirqOf(self.preemptCount()) > softirqOf(count)) {
        enable(self::localBhEnable);
      }
      self.setPreemptCount(count);
    }
    if (!left.isEmpty()) {
      log.print(KernelLog.WARNING, module.name() + ": " + what + " returned with" + left);
    }
  }

  /** Who is expelled is thrown out of the wait for a softirq pass, once it has enabled them. */
  private static void enable(Runnable enabling) {
    try {
      enabling.run();
    } catch (Expelled e) { // it leaves already
    }
  }

  private static int softirqOf(int count) {
    return count & PreemptCount.SOFTIRQ_MASK;
  }
}
