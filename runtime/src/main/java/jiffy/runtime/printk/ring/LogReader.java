package jiffy.runtime.printk.ring;

import java.lang.invoke.VarHandle;

/**
 * A position in the log, by sequence number. Any number of readers may follow one ring; they take
 * nothing out and no writer knows them.
 *
 * <p>Thread safety: a reader belongs to one thread. To wait for records:
 *
 * <pre>{@code
 * ring.addListener(wakeMe);                  // once
 * while (!reader.read(record)) {
 *   switch (reader.arm()) {
 *     case READY -> {}                       // came in meanwhile
 *     case ARMED -> sleepUntilWoken();       // wakeMe will be called
 *     case BUSY -> pauseBriefly();           // a writer is in the middle of the next record
 *   }
 * }
 * }</pre>
 */
public final class LogReader {
  /** What {@link #arm()} found. */
  public enum Arm {
    /** There is something to read. */
    READY,
    /** There is not; the ring's listeners will be called when there is. */
    ARMED,
    /**
     * A writer is storing the next record at this moment: try again after a pause of its own
     * choice.
     */
    BUSY
  }

  private final LogRing ring;
  private long next;
  private long lost; // since the last record that was read

  LogReader(LogRing ring) {
    this.ring = ring;
    seekOldest();
  }

  /** Sequence number of the record that comes next, unless it gets lost. */
  public long position() {
    return next;
  }

  /** Goes to the oldest record that is still there. */
  public void seekOldest() {
    next = ring.oldestSeq();
  }

  /** Goes behind the newest record. */
  public void seekEnd() {
    next = ring.nextSeq();
  }

  /** Goes to a record; if it is already overwritten, the next read counts the lost ones. */
  public void seek(long seq) {
    next = Math.max(0, Math.min(seq, ring.nextSeq()));
  }

  /**
   * Copies the next record out and moves on.
   *
   * @return false if there is none yet; what {@code record} holds is then undefined
   */
  public boolean read(LogRecord record) {
    for (; ; ) {
      if (ring.state(next) == (next << 2 | LogRing.FINALIZED) && copy(record)) { // read:A
        VarHandle.acquireFence(); // read:B
        if (overwritten() <= 0) {
          if ((record.meta & LogRecord.RAW) != 0) {
            record.expand(ring.formats());
          }
          record.seq = next++;
          record.lost = lost;
          lost = 0;
          return true;
        }
      }
      long passed = overwritten();
      if (passed <= 0) {
        return false;
      }
      next += passed;
      lost += passed;
    }
  }

  /** What to do when {@link #read} found nothing. */
  public Arm arm() {
    for (; ; ) {
      long head = ring.head();
      long state = ring.state(next);
      if (overwritten() > 0 || state == (next << 2 | LogRing.FINALIZED)) {
        return Arm.READY;
      }
      long ahead = ring.distance(ring.seqOf(head), next);
      // Only the newest record may be waited for, and only if it is open: the next writer ends it.
      boolean open = state == (next << 2 | LogRing.COMMITTED);
      if (ahead > 1 || ahead == 1 && !open) {
        return Arm.BUSY;
      }
      // arm:D. From here on, the writer that changes the head calls the listeners; what an earlier
      // one may have done to the open record shows in its state.
      if (ring.requestWake(head) && (!open || ring.state(next) == state)) {
        return Arm.ARMED;
      }
    }
  }

  /** How many records the tail is past our position. */
  private long overwritten() {
    return ring.distance(ring.seqOf(ring.tail()), next);
  }

  /** Copies what the slot of {@code next} holds, perhaps torn; false if it cannot be a record. */
  private boolean copy(LogRecord record) {
    long meta = ring.field(next, LogRing.META);
    int length = LogRecord.lengthOf(meta);
    if (length > ring.maxLength()) {
      return false;
    }
    if (record.text.length < length) {
      record.text = new byte[ring.maxLength()];
    }
    record.meta = meta;
    record.nanos = ring.field(next, LogRing.TIME);
    record.wallNanos = ring.field(next, LogRing.WALL);
    record.origin = ring.field(next, LogRing.ORIGIN);
    int begin = ring.positionOf(ring.field(next, LogRing.SPAN));
    boolean raw = (meta & LogRecord.RAW) != 0;
    if (raw) {
      begin = copyNumbers(record, begin);
    }
    int tags = LogRecord.tagBytesOf(record.origin);
    if (tags != 0) {
      ring.text().get(begin, record.tags, tags);
    }
    if (!raw) {
      ring.text().get(begin + tags, record.text, length);
    }
    return true;
  }

  /** Returns where the tags begin. */
  private int copyNumbers(LogRecord record, int begin) {
    record.format = ring.field(next, LogRing.FORMAT);
    record.a = ring.field(next, LogRing.ARGUMENT);
    record.b = ring.text().getLong(begin);
    record.c = ring.text().getLong(begin + Long.BYTES);
    return begin + Long.BYTES * Stamp.furtherArgumentsOf(record.format);
  }
}
