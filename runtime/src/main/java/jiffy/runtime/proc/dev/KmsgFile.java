package jiffy.runtime.proc.dev;

import static jiffy.linux.Errno.EAGAIN;
import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EPIPE;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Errno.ESPIPE;
import static jiffy.linux.Fs.O_NONBLOCK;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Fs.SEEK_DATA;
import static jiffy.linux.Fs.SEEK_END;
import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_RUNNING;

import jiffy.kernel.Current;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.printk.KmsgFormat;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.PrintkSettings.DevKmsg;
import jiffy.runtime.printk.RateLimit;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Scheduler;

/** {@code struct devkmsg_user}: somebody's way through the log, and his writes' rate limit. */
final class KmsgFile implements OpenFile {
  /** A writer in the middle of a record is done in less: 20 us. */
  private static final long BUSY_NANOS = 20_000;

  private final Kmsg kmsg;
  private final int flags;
  private final RateLimit limit;
  private final LogReader reader;
  private final LogRecord record = new LogRecord();
  private final FormatBuffer text = new FormatBuffer(KmsgFormat.RECORD_MAX);

  /** Number of the record that the next read gives. */
  private long seq;

  private long suppressed;
  private boolean isClosed;

  KmsgFile(Kmsg kmsg, int flags) {
    this.kmsg = kmsg;
    this.flags = flags;
    this.limit = kmsg.settings.newRateLimit();
    this.reader = kmsg.log.ring().reader();
    this.seq = reader.position();
  }

  @Override
  public int error() {
    return 0;
  }

  /**
   * {@code devkmsg_read}: the next record, waiting for it.
   *
   * @return its length, or
   *     <ul>
   *       <li>0: the kernel has ended, and the log with it
   *       <li>-EINVAL: it is longer than {@code count}, and passed over
   *       <li>-EPIPE: records were overwritten before they could be read; the next read gives the
   *           oldest that is left
   *       <li>-EAGAIN: there is none, and the file was opened with {@code O_NONBLOCK}
   *       <li>-ERESTARTSYS: a signal came before one did
   *       <li>-EBADF: it is open for writing only
   *     </ul>
   */
  @Override
  public long read(Context caller, byte[] into, int count) {
    if ((flags & O_WRONLY) != 0) {
      return -EBADF;
    }
    for (boolean isLast = kmsg.isEnded(); !find(); isLast = kmsg.isEnded()) {
      int error = isLast ? 0 : (flags & O_NONBLOCK) != 0 ? -EAGAIN : await(caller);
      if (isLast || error != 0) {
        return error;
      }
    }
    if (record.seq() != seq) {
      seq = record.seq();
      return -EPIPE;
    }
    seq++;
    text.clear(KmsgFormat.RECORD_MAX);
    KmsgFormat.format(record, kmsg.saysCaller, text);
    if (text.length() > count) {
      return -EINVAL;
    }
    System.arraycopy(text.bytes(), 0, into, 0, text.length());
    return text.length();
  }

  /** As {@link #read}: there are no offsets in a log. */
  @Override
  public long readAt(Context caller, byte[] into, int count, long offset) {
    return read(caller, into, count);
  }

  /** Gets the record of number {@link #seq}, or the oldest one if that is lost. */
  private boolean find() {
    reader.seek(seq);
    return reader.read(record);
  }

  /** Waits until there may be one, or there never will be. @return 0 or -ERESTARTSYS */
  private int await(Context caller) {
    kmsg.join(caller);
    try {
      while (true) {
        kmsg.scheduler.setState(caller, TASK_INTERRUPTIBLE);
        LogReader.Arm arm = reader.arm();
        if (arm == LogReader.Arm.READY || kmsg.isEnded()) {
          return 0;
        }
        if (Scheduler.isInterrupted(caller.task(), TASK_INTERRUPTIBLE)) {
          return -ERESTARTSYS;
        }
        if (arm == LogReader.Arm.ARMED) {
          kmsg.scheduler.schedule(caller);
        } else {
          kmsg.scheduler.schedule(caller, kmsg.arch.now() + BUSY_NANOS);
        }
      }
    } finally {
      caller.task().__state = TASK_RUNNING;
      kmsg.leave(caller);
    }
  }

  /**
   * {@code devkmsg_write}: one record, {@code <N>} in front of which is its priority.
   *
   * @return {@code count}, also if a rate limit or {@code printk_devkmsg=off} has swallowed it;
   *     -EINVAL: it is longer than {@link Log#LINE_MAX} bytes; -EBADF: open for reading only
   */
  @Override
  public long write(Context caller, byte[] from, int start, int count) {
    if ((flags & (O_WRONLY | O_RDWR)) == 0) {
      return -EBADF;
    }
    if (count > Log.LINE_MAX) {
      return -EINVAL;
    }
    DevKmsg mode = kmsg.settings.devKmsg();
    if (mode == DevKmsg.OFF || mode == DevKmsg.RATELIMIT && isSuppressed()) {
      return count;
    }
    return kmsg.log.write(caller, from, start, count);
  }

  /** RATELIMIT_MSG_ON_RELEASE: what is lost is summed up until {@link #close}. */
  private boolean isSuppressed() {
    int lost = limit.acquire(kmsg.clock.now());
    suppressed += Math.max(0, lost);
    return lost == RateLimit.SUPPRESSED;
  }

  /**
   * {@code devkmsg_llseek}: {@code SEEK_SET} goes to the oldest record, {@code SEEK_DATA} to the
   * first after the last clear, {@code SEEK_END} behind the newest.
   *
   * @return 0; -ESPIPE: {@code offset} is not 0; -EINVAL: another {@code whence}
   */
  @Override
  public long seek(Context caller, long offset, int whence) {
    if (offset != 0) {
      return -ESPIPE;
    }
    switch (whence) {
      case SEEK_SET -> seq = kmsg.log.ring().oldestSeq();
      case SEEK_DATA -> seq = kmsg.log.clearSeq();
      case SEEK_END -> seq = kmsg.log.ring().nextSeq();
      default -> {
        return -EINVAL;
      }
    }
    return 0;
  }

  /** {@code devkmsg_poll}: also {@code EPOLLERR | EPOLLPRI} if the next read is -EPIPE. */
  @Override
  public int poll(Context caller) {
    if (!find()) {
      return 0;
    }
    int readable = EPOLLIN | EPOLLRDNORM;
    return record.seq() == seq ? readable : readable | EPOLLERR | EPOLLPRI;
  }

  /** {@code devkmsg_release}: says how much the rate limit has swallowed. */
  @Override
  public void close() {
    if (isClosed) {
      return;
    }
    isClosed = true;
    suppressed += limit.takeMissed();
    if (suppressed > 0) {
      kmsg.messages.print(
          KernelLog.WARNING,
          ((Context) Current.get()).task().comm
              + ": "
              + suppressed
              + " output lines suppressed due to ratelimiting");
    }
  }
}
