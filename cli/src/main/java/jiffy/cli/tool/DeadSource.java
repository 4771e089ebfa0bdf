package jiffy.cli.tool;

import java.io.IOException;
import java.util.Collections;
import java.util.Iterator;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.linux.Errno;
import jiffy.runtime.printk.KmsgFormat;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.pstore.DeadLog;
import jiffy.runtime.printk.ring.LogRecord;

/** A dead kernel's log as dmesg's source: it ends, and nothing about it can be changed. */
record DeadSource(DeadLog log) implements RecordSource, KernelLogControl {
  private static final long NANOS_PER_MICRO = 1_000;

  @Override
  public Reading open(Start start) {
    return new Pass(start == Start.NEWEST ? Collections.emptyIterator() : log.records().iterator());
  }

  @Override
  public long bootEpochMicros() {
    return Math.floorDiv(log.bootWallNanos(), NANOS_PER_MICRO);
  }

  private record Pass(Iterator<LogRecord> records) implements Reading {
    @Override
    public void endAtNewest() {
      // It has no newer ones.
    }

    @Override
    public KmsgRecord poll() {
      if (!records.hasNext()) {
        return null;
      }
      LogRecord record = records.next();
      FormatBuffer text = new FormatBuffer(KmsgFormat.RECORD_MAX);
      KmsgFormat.format(record, false, text);
      return new KmsgRecord(
          text.toString(), Math.floorDiv(record.wallNanos(), NANOS_PER_MICRO), record.module(), 0);
    }

    @Override
    public KmsgRecord next() {
      return poll();
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }

  private static IOException refusal() {
    return new IOException(Strerror.of(Errno.EROFS));
  }

  @Override
  public void clear() throws IOException {
    throw refusal();
  }

  @Override
  public void consoleOff() throws IOException {
    throw refusal();
  }

  @Override
  public void consoleOn() throws IOException {
    throw refusal();
  }

  @Override
  public void consoleLevel(int level) throws IOException {
    throw refusal();
  }
}
