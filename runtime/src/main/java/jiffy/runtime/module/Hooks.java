package jiffy.runtime.module;

import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.ENOMEM;

import jiffy.kernel.Current;
import jiffy.kernel.KernelThread;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.sched.Task;

/**
 * Runs init and exit: on the calling task, for the module, with the module's loader as context
 * class loader, and with everything as it was afterwards.
 */
final class Hooks {
  /*
   * On the calling task means that `current` is insmod/PID, as on Linux. A task of the kernel runs
   * the hook on its own thread, which ends with it. A thread that is only attached lives on, and would
   * keep what the hook stores in a ThreadLocal, and with it the module's classes, for ever; so its
   * hook runs on a fresh thread that bears the same task while the caller waits.
   */

  private final Arch arch;
  private final Contexts contexts;
  private final KernelLog log;
  private final Taint taint;

  Hooks(Arch arch, Contexts contexts, KernelLog log, Taint taint) {
    this.arch = arch;
    this.contexts = contexts;
    this.log = log;
    this.taint = taint;
  }

  /**
   * Runs a hook.
   *
   * @param what {@code init} or {@code exit}, for messages
   * @return what the body returns; -EFAULT if it threw, which is printed; -ENOMEM if there was no
   *     thread to run it
   */
  int run(Context caller, LoadedModule module, String what, Task.Body body) {
    if (Thread.currentThread() instanceof KernelThread) {
      return runHere(caller, module, what, body);
    }
    Stand stand = new Stand(caller);
    try {
      arch.spawn(
          caller.task().comm,
          thread -> {
            Context own = contexts.make(thread, caller.cpu, caller.task());
            Current.bind(own);
            try {
              stand.result = runHere(own, module, what, body);
            } finally {
              Current.bind(null);
              contexts.remove(own);
              stand.end();
            }
          });
    } catch (IllegalStateException | OutOfMemoryError e) {
      log.print(KernelLog.ERR, module.name() + ": no thread for " + what + ": " + e);
      return -ENOMEM;
    }
    return stand.await();
  }

  /** An attached thread's wait for the thread that bears its task. */
  private final class Stand {
    private final WaitList waiters = new WaitList(arch);
    private final Context caller;
    private int result;
    private volatile boolean ended;

    Stand(Context caller) {
      this.caller = caller;
    }

    void end() {
      ended = true;
      waiters.wakeAll();
    }

    int await() {
      waiters.await(caller.thread, () -> ended);
      caller.forgetClock();
      return result;
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
      return body.run();
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      taint.add(Taint.Flag.DIE);
      Oops.print(log, module.name(), what, e, self);
      return -EFAULT;
    } finally {
      self.setOwner(owner);
      thread.setContextClassLoader(contextLoader);
      restoreCounts(self, module, what, count, irqsOff);
      if (self.locksHeld
          > locksHeld) { // a mutex, say: it stays held, for there is no telling which
        log.print(KernelLog.WARNING, module.name() + ": " + what + " returned with locks held");
      }
    }
  }

  /** As {@code do_one_initcall}: says what the hook has left disabled, and enables it. */
  private void restoreCounts(
      Context self, LoadedModule module, String what, int count, boolean irqsOff) {
    String left = "";
    if (self.irqsDisabled() && !irqsOff) {
      left = " disabled interrupts";
      self.localIrqEnable();
    }
    if (self.preemptCount() != count || self.takeMiscounted()) {
      left = " preemption imbalance" + left;
      while (softirqOf(self.preemptCount()) > softirqOf(count)) {
        self.localBhEnable();
      }
      self.setPreemptCount(count);
    }
    if (!left.isEmpty()) {
      log.print(KernelLog.WARNING, module.name() + ": " + what + " returned with" + left);
    }
  }

  private static int softirqOf(int count) {
    return count & PreemptCount.SOFTIRQ_MASK;
  }
}
