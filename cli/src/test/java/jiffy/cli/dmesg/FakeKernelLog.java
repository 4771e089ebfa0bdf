package jiffy.cli.dmesg;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.RecordSource;

/** A kernel log in memory: records as written by the test, a clear mark, a console level. */
final class FakeKernelLog implements RecordSource, KernelLogControl {
  private final List<KmsgRecord> records = new ArrayList<>();
  private int clearMark;
  private boolean halted;
  private int consoleLevel = 4;
  private int savedLevel = 4;
  private int waiting;
  private String refusal;
  private String busy;

  /** Adds a record; the final newline is added too. */
  synchronized void log(String record) {
    log(KmsgRecord.of(record + "\n"));
  }

  /** Adds a record with what its text does not say. */
  synchronized void log(KmsgRecord record) {
    records.add(record);
    notifyAll();
  }

  /** Adds that record whenever one is asked for. */
  synchronized void logAtEachRead(String record) {
    busy = record;
  }

  /** Ends all readings. */
  synchronized void halt() {
    halted = true;
    notifyAll();
  }

  /** Makes all that follows fail for this reason. */
  synchronized void refuse(String reason) {
    refusal = reason;
  }

  /** Returns once a reader waits for the next record. */
  synchronized void awaitReader() throws InterruptedException {
    while (waiting == 0) {
      wait();
    }
  }

  /** As /proc/sys/kernel/printk. */
  synchronized String printkLevels() {
    return consoleLevel + "\t4\t1\t7\n";
  }

  @Override
  public synchronized Reading open(Start start) throws IOException {
    check();
    return new Pass(start == Start.NEWEST ? records.size() : clearMark);
  }

  @Override
  public long bootEpochMicros() {
    return 1_234_567_890_123_456L;
  }

  @Override
  public synchronized void clear() throws IOException {
    check();
    clearMark = records.size();
  }

  @Override
  public synchronized void consoleOff() throws IOException {
    check();
    savedLevel = consoleLevel;
    consoleLevel = 1;
  }

  @Override
  public synchronized void consoleOn() throws IOException {
    check();
    consoleLevel = savedLevel;
  }

  @Override
  public synchronized void consoleLevel(int level) throws IOException {
    check();
    consoleLevel = level;
  }

  private void check() throws IOException {
    if (refusal != null) {
      throw new IOException(refusal);
    }
  }

  private final class Pass implements Reading {
    private int next;
    private int end = Integer.MAX_VALUE;

    Pass(int next) {
      this.next = next;
    }

    @Override
    public void endAtNewest() {
      synchronized (FakeKernelLog.this) {
        end = records.size();
      }
    }

    @Override
    public KmsgRecord poll() {
      synchronized (FakeKernelLog.this) {
        if (busy != null) {
          log(busy);
        }
        return next < Math.min(end, records.size()) ? records.get(next++) : null;
      }
    }

    @Override
    public KmsgRecord next() throws InterruptedException {
      synchronized (FakeKernelLog.this) {
        waiting++;
        FakeKernelLog.this.notifyAll();
        try {
          while (next == records.size() && !halted) {
            FakeKernelLog.this.wait();
          }
        } finally {
          waiting--;
        }
        return next < records.size() ? records.get(next++) : null;
      }
    }

    @Override
    public void close() {}
  }
}
