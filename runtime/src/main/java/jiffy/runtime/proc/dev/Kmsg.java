package jiffy.runtime.proc.dev;

import static jiffy.linux.Errno.EPERM;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.PrintkSettings;
import jiffy.runtime.printk.PrintkSettings.DevKmsg;
import jiffy.runtime.proc.FileSource;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;
import jiffy.runtime.time.JiffiesClock;

/**
 * {@code /dev/kmsg}: the log, a record a read, and a way for users to write into it.
 *
 * <p>Who may open it: everybody, while {@code printk_devkmsg} is not {@code off}; for reading,
 * where {@code dmesg_restrict} is set, only privileged users. Thread safe.
 */
public final class Kmsg implements FileSource {
  private static final String PATH = "/dev/kmsg";

  final Arch arch;
  final Scheduler scheduler;
  final JiffiesClock clock;
  final Log log;
  final PrintkSettings settings;
  final boolean saysCaller;
  final KernelLog messages;

  /**
   * Who waits for a record. A wake-up may be cut short by the StackOverflowError of a module that
   * prints; the ring then repeats it, so each one wakes also those whose state says that they have
   * been woken.
   */
  private final Queue<Context> sleepers = new ConcurrentLinkedQueue<>();

  private volatile boolean isEnded;

  /**
   * Of one log.
   *
   * @param saysCaller each record tells who printed it: {@code printk.caller}
   * @param messages gets the kernel's own words about it
   */
  public Kmsg(
      Arch arch,
      Scheduler scheduler,
      JiffiesClock clock,
      Log log,
      PrintkSettings settings,
      boolean saysCaller,
      KernelLog messages) {
    this.arch = arch;
    this.scheduler = scheduler;
    this.clock = clock;
    this.log = log;
    this.settings = settings;
    this.saysCaller = saysCaller;
    this.messages = messages;
    log.ring().addListener(this::wakeAll);
  }

  /**
   * {@code devkmsg_open}: at the oldest record.
   *
   * @return null for another path; -EPERM: {@code printk_devkmsg} is {@code off}, or this user may
   *     not read the log
   */
  @Override
  public OpenFile open(Context caller, String path, int flags) {
    if (!path.equals(PATH)) {
      return null;
    }
    boolean reads = (flags & (O_WRONLY | O_RDWR)) != O_WRONLY;
    if (settings.devKmsg() == DevKmsg.OFF || reads && !mayRead(caller)) {
      return OpenFile.failed(-EPERM);
    }
    return new KmsgFile(this, flags);
  }

  /** {@code check_syslog_permissions} for SYSLOG_ACTION_READ_ALL: whether it may read the log. */
  public boolean mayRead(Context caller) {
    return !settings.isDmesgRestricted() || Tasks.isPrivileged(caller.task());
  }

  @Override
  public List<String> list() {
    return List.of(PATH);
  }

  /** The kernel ends: what is in the log is all there will be, and who waits finds its end. */
  public void end() {
    isEnded = true;
    wakeAll();
  }

  boolean isEnded() {
    return isEnded;
  }

  /** Until {@link #leave} the caller is woken when there may be something new. */
  void join(Context caller) {
    sleepers.add(caller);
  }

  void leave(Context caller) {
    sleepers.remove(caller);
  }

  private void wakeAll() {
    for (Context sleeper : sleepers) {
      scheduler.wakeUp(sleeper.task(), TASK_INTERRUPTIBLE);
      arch.unpark(sleeper.thread);
    }
  }
}
