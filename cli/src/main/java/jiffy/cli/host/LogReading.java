package jiffy.cli.host;

import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.cli.tool.HangUp;
import jiffy.runtime.printk.KmsgFormat;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.LogRing;

/**
 * One tool's way through the log, in the text of /dev/kmsg. Its task parks while there is nothing
 * new; a writer, the user's end or the kernel's wake it.
 */
final class LogReading implements RecordSource.Reading {
  /** A writer in the middle of a record is done in less: 20 us. */
  private static final long BUSY_NANOS = 20_000;

  private static final long NANOS_PER_MICRO = 1_000;

  private final LogRing ring;
  private final LogReader reader;
  private final boolean caller;
  private final HangUp user;
  private final Set<LogReading> all;
  private final LogRecord record = new LogRecord();
  private final FormatBuffer text = new FormatBuffer(KmsgFormat.RECORD_MAX);
  private final Thread thread = Thread.currentThread();
  private final Runnable wake = () -> LockSupport.unpark(thread);
  private long end = Long.MAX_VALUE; // sequence number of the first record that is not read
  private volatile boolean ended;

  /**
   * For the calling thread.
   *
   * @param all where it is to be found until it is closed
   */
  LogReading(LogRing ring, LogReader reader, boolean caller, HangUp user, Set<LogReading> all) {
    this.ring = ring;
    this.reader = reader;
    this.caller = caller;
    this.user = user;
    this.all = all;
    all.add(this);
    ring.addListener(wake);
    user.onHangUp(wake);
  }

  @Override
  public void endAtNewest() {
    LogReader newest = ring.reader();
    newest.seekEnd();
    end = newest.position();
  }

  @Override
  public KmsgRecord poll() {
    boolean over = user.hasHungUp() || reader.position() >= end;
    if (over || !reader.read(record) || record.seq() >= end) {
      return null;
    }
    text.clear(KmsgFormat.RECORD_MAX);
    KmsgFormat.format(record, caller, text);
    return new KmsgRecord(
        text.toString(),
        Math.floorDiv(record.wallNanos(), NANOS_PER_MICRO),
        record.module(),
        record.lost());
  }

  @Override
  public KmsgRecord next() throws InterruptedException {
    while (true) {
      KmsgRecord next = poll();
      if (next != null) {
        return next;
      }
      if (user.hasHungUp()) {
        throw new InterruptedException();
      }
      if (ended) {
        return null;
      }
      switch (reader.arm()) {
        case READY -> {}
        case BUSY -> LockSupport.parkNanos(this, BUSY_NANOS);
        case ARMED -> LockSupport.park(this);
      }
    }
  }

  /** The kernel has ended: what is in the log is all there will be. Any thread. */
  void end() {
    ended = true;
    wake.run();
  }

  @Override
  public void close() {
    ring.removeListener(wake);
    all.remove(this);
  }
}
