package jiffy.runtime.module.hung;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Splat;

/**
 * {@code khungtaskd}, for init and exit: reports one that has not returned for {@code
 * kernel.hung_task_timeout_secs}, and again after as long.
 *
 * <p>Linux looks at all tasks that sleep uninterruptibly, and passes over those that were awake
 * meanwhile; here a hook is reported whatever it does: that it sleeps in a loop, or only computes,
 * is no comfort to who waits for it. No thread of its own: the task that waits for the hook looks.
 * Thread safe.
 */
public final class HungTasks {
  private static final int DEFAULT_TIMEOUT_SECS = 120;
  private static final int DEFAULT_WARNINGS = 10;
  private static final int UNLIMITED = -1;
  private static final long SECOND = 1_000_000_000L;

  private final Arch arch;
  private final KernelLog log;
  private final String release;
  private final LongSupplier tainted;
  private final AtomicInteger warnings = new AtomicInteger(DEFAULT_WARNINGS);
  private final Set<Runnable> watchers = ConcurrentHashMap.newKeySet();
  private volatile int timeoutSecs = DEFAULT_TIMEOUT_SECS;

  /**
   * Nobody is watched yet.
   *
   * @param release the kernel's version
   * @param tainted the kernel's taint mask
   */
  public HungTasks(Arch arch, KernelLog log, String release, LongSupplier tainted) {
    this.arch = arch;
    this.log = log;
    this.release = release;
    this.tainted = tainted;
  }

  /** {@code kernel.hung_task_timeout_secs}; 0: nothing is reported. */
  public int timeoutSecs() {
    return timeoutSecs;
  }

  /** Sets it, also for what is being waited for. */
  public void setTimeoutSecs(int seconds) {
    timeoutSecs = seconds;
    watchers.forEach(Runnable::run);
  }

  /** {@code kernel.hung_task_warnings}: how many reports there may still be; -1: any number. */
  public int warnings() {
    return warnings.get();
  }

  /** Sets it, also for what is being waited for. */
  public void setWarnings(int count) {
    warnings.set(count);
    watchers.forEach(Runnable::run);
  }

  /** Runs this whenever a setting changes: whoever waits looks again at what it waits for. */
  public void watch(Runnable look) {
    watchers.add(look);
  }

  /** Undoes {@link #watch}. */
  public void unwatch(Runnable look) {
    watchers.remove(look);
  }

  /**
   * When a hook is to be reported next.
   *
   * @param since when it began, or was reported, a time of the arch
   * @return a time of the arch
   */
  public long reportAt(long since) {
    int seconds = timeoutSecs;
    return seconds == 0 || warnings.get() == 0 || arch.hasChoicePoints()
        ? Arch.NEVER // where schedules are explored, who waits for ever is found at once
        : since + seconds * SECOND;
  }

  /**
   * {@code INFO: task insmod:97 blocked for more than 120 seconds.}
   *
   * @param hook what runs it
   * @param module whose it is
   * @param what {@code init} or {@code exit}
   */
  public void report(Context hook, String module, String what) {
    int left = warnings.getAndUpdate(count -> count == UNLIMITED || count == 0 ? count : count - 1);
    if (left == 0) {
      return;
    }
    log.print(
        KernelLog.ERR,
        String.format(
            Locale.ROOT,
            "INFO: task %s:%d blocked for more than %d seconds.",
            hook.task().comm,
            hook.task().pid,
            timeoutSecs));
    log.print(
        KernelLog.ERR, "      " + Splat.taintText(tainted.getAsLong()) + " " + release + " #1");
    log.print(
        KernelLog.ERR,
        "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.");
    print(hook, module, what);
    if (left == 1) {
      log.print(
          KernelLog.INFO,
          "Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings");
    }
  }

  /** {@code sched_show_task}: its state, whose code it is in, its stack. */
  public void print(Context hook, String module, String what) {
    Thread thread = hook.thread.javaThread();
    log.print(
        KernelLog.INFO,
        String.format(
            Locale.ROOT,
            "task:%-15s state:%c pid:%-5d %s of %s",
            hook.task().comm,
            stateOf(hook),
            hook.task().pid,
            what,
            module));
    log.print(KernelLog.INFO, "Call Trace:");
    log.print(KernelLog.INFO, " <TASK>");
    if (thread != null) {
      Splat.frames(thread.getStackTrace()).forEach(f -> log.print(KernelLog.INFO, " " + f));
    }
    log.print(KernelLog.INFO, " </TASK>");
  }

  /** D: sleeps, or waits for something of Java's; R: computes. */
  private char stateOf(Context hook) {
    boolean sleeps = hook.task().__sleeper != null || arch.isBlocked(hook.thread);
    return sleeps || arch.isSimulated() ? 'D' : 'R';
  }
}
