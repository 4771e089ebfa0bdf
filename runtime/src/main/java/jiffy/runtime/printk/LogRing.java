package jiffy.runtime.printk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A ring of log records: many lock-free writers, the oldest record is overwritten, readers follow
 * by sequence number. Storing a record costs one CAS and two copies and allocates nothing.
 *
 * <p>Thread safety: any thread may append and extend at any time; each {@link LogReader} belongs to
 * one thread. A writer never waits for a reader, nor for another writer.
 */
public final class LogRing {
  /*
   * Algorithm
   * ---------
   * Two rings: descriptors of 64 bytes, found by sequence number, and bytes of text, found by offset.
   * Both are claimed by one CAS of one word, the head, so their order is the same: a record's text
   * ends where its successor's begins, and freeing the oldest record frees both. (Linux claims them
   * one after the other and has to store an id in front of each text to find the way back.)
   *
   *   head, tail:  | 0 | sequence number, low bits | offset in units of 8 bytes | WAIT | OPEN |
   *   descriptor:  | state | begin, end | time | caller, length, facility, flags, level |
   *                | wall clock | pid, cpu, lengths of the tags | - | - |
   *   text:        | tags: module, subsystem, device | what was printed |
   *   state:       | sequence number, 62 bits | FREE, COMMITTED, FINALIZED or REOPENED |
   *
   * Head is where the next record goes; tail is the oldest that may be read. A writer
   *   1. moves the tail if there is no room: over a batch of finalized records, by one CAS;
   *   2. moves the head by CAS: record and text are its own now;
   *   3. fills text and descriptor;
   *   4. publishes: state := FINALIZED, or COMMITTED for a record without its newline.
   *
   *   (claimed) --commit--> COMMITTED --next record, or extend's newline--> FINALIZED
   *        \                 ^    |                                             ^
   *         \         commit |    v extend                                      |
   *          \              REOPENED -------- commit with newline --------------+
   *           \---------------- commit with newline ----------------------------+
   *
   * Until 4 the state still shows the slot's previous occupant, one lap ago, so "is it there?" is one
   * comparison of the state with what is expected. FINALIZED is for ever: records are never taken
   * back one by one, a reader instead checks after copying that the tail has not passed (a sequence
   * lock whose counter is the tail). So overwriting costs one CAS a batch, not one a record.
   *
   * OPEN in the head says that the newest record lacks its newline: only then does the next writer
   * look at its neighbour, to finalize it. WAIT says that a reader wants to be told: the writer whose
   * CAS removes the bit owes the call. Both ride on a word that is read anyway, so a writer pays
   * nothing for readers that do not wait.
   *
   * A writer that stalls between 2 and 4 delays readers at its record, never other writers, until the
   * ring has come round to it. Linux turns interrupts off around these steps; a Java thread can lose
   * its processor anywhere. So a writer that finds the ring blocked gives up its own processor
   * some times, in favour of the stalled one; if that does not help, the record is dropped and counted.
   *
   * A writer may be deep in a module's recursion and meet a StackOverflowError at any call between 2
   * and 4. It catches it and abandons the record: empty, of the claimed length, published by plain
   * writes, for another call might meet the same. Nothing is called between the CAS of 2 and the catch.
   *
   * The low bits of the sequence number in the head return after 2^(61-b) records, b = the bits of
   * the offset: 2^44 for 1 MiB. Only a writer that sleeps in step 2 for that long could be fooled.
   *
   * Barriers                                                  writer / partner
   *   text and descriptor before the state that shows them    publish:A / LogReader.read:A
   *   tail passed before text is overwritten                  claim:B   / LogReader.read:B
   *   COMMITTED before looking for a successor, against
   *   head moved before looking for COMMITTED                 publish:C / finishPrevious:C
   *   WAIT seen by the first record after it                  claim:D   / LogReader.arm:D
   */

  /** Flag: the text ended with a newline, which is not stored; the record cannot be extended. */
  public static final int NEWLINE = 1;

  /** Flag: the text was a continuation (KERN_CONT) that found nothing to continue. */
  public static final int CONT = 2;

  /** Smallest and largest size of the text ring in bytes. */
  public static final int MIN_BYTES = 4 << 10;

  public static final int MAX_BYTES = 1 << 30;

  /** Returned instead of a sequence number: nothing was stored. */
  public static final long NONE = -1;

  static final int COMMITTED = 1;
  static final int FINALIZED = 2;
  static final int REOPENED = 3;

  /** Offsets in a descriptor, in longs. */
  static final int STATE = 0;

  static final int SPAN = 1; // begin and end of the text, in units, an int each
  static final int TIME = 2;
  static final int META = 3;
  static final int WALL = 4;
  static final int ORIGIN = 5; // see Stamp

  private static final int DESCRIPTOR_SHIFT = 3; // 8 longs
  private static final int DESCRIPTOR_BASE = 6; // past the array header to the next cache line
  private static final int UNIT_SHIFT = 3;
  private static final int AVERAGE_RECORD_SHIFT = 6; // a descriptor per 64 bytes of text
  private static final int BATCH_SHIFT = 6; // the tail frees 1/64 of the ring at once

  private static final int YIELDS_TO_STALLED = 64; // some 100 us if nobody else wants to run
  private static final long OPEN = 1;
  private static final long WAIT = 2;
  private static final int FLAG_BITS = 2;
  private static final long ANY = -1;

  /** The shared words, two cache lines apart because processors fetch lines in pairs. */
  private static final int HEAD = 16;

  private static final int TAIL = 32;
  private static final int DROPPED = 48;

  private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] words = new long[64];
  private final long[] descriptors;
  private final byte[] bytes;
  private final int records; // number of descriptors, a power of two
  private final int units; // number of text units, a power of two
  private final int seqShift;
  private final long seqMask;
  private RingImage image; // or null
  private volatile Runnable[] listeners = {};

  /** A writer that took a WAIT bit, or may have, has not called the listeners. */
  private volatile boolean owedWake;

  /**
   * Makes an empty ring.
   *
   * @param logBufLen bytes of text that it holds, rounded up to a power of two and into {@link
   *     #MIN_BYTES}..{@link #MAX_BYTES}; descriptors take the same amount again
   */
  public LogRing(int logBufLen) {
    int capacity = Math.max(MIN_BYTES, Math.min(MAX_BYTES, logBufLen));
    capacity = Integer.highestOneBit(2 * capacity - 1);
    bytes = new byte[capacity];
    records = capacity >> AVERAGE_RECORD_SHIFT;
    units = capacity >> UNIT_SHIFT;
    seqShift = FLAG_BITS + Integer.numberOfTrailingZeros(units);
    seqMask = (1L << (63 - seqShift)) - 1;
    descriptors = new long[DESCRIPTOR_BASE + (records << DESCRIPTOR_SHIFT)];
    for (int i = 0; i < records; i++) {
      descriptors[slot(i)] = (long) (i - records) << 2 | FINALIZED; // "one lap ago"
    }
    VarHandle.fullFence();
  }

  /**
   * Keeps a copy of each record there from now on. Before the first record.
   *
   * @param image made for {@link #capacity} and {@link #descriptors}
   */
  public void keepIn(RingImage image) {
    this.image = image;
  }

  /** Bytes of text that the ring holds. */
  public int capacity() {
    return bytes.length;
  }

  /** How many records it holds at most. */
  public int descriptors() {
    return records;
  }

  /** Longest text of a record in bytes; more is cut off. */
  public int maxLength() {
    return Math.min(bytes.length >> 2, 0xffff);
  }

  /** Records that were not stored because a stalled writer still held the oldest one. */
  public long dropped() {
    return (long) LONGS.getVolatile(words, DROPPED);
  }

  /** Sequence number that the next record will get. */
  public long nextSeq() {
    long low = seqOf(head());
    long near = state(low) >> 2; // of the same slot, one lap ago or two
    return near + distance(low, near);
  }

  /**
   * Sequence number of the oldest record that can still be read; equals nextSeq() if there is none.
   */
  public long oldestSeq() {
    long next = nextSeq();
    return next + distance(seqOf(tail()), next);
  }

  /**
   * Stores a record.
   *
   * @param stamp when and by whom
   * @param facility 0 (kernel) to 255
   * @param level 0 (emerg) to 7 (debug)
   * @param flags {@link #NEWLINE}, {@link #CONT}; without NEWLINE the record becomes readable only
   *     when the next one is stored or {@link #extend} ends it
   * @return its sequence number, or {@link #NONE} if a stalled writer blocks the ring
   */
  public long append(
      Stamp stamp, int facility, int level, int flags, byte[] text, int from, int length) {
    int stored = Math.min(length, maxLength());
    boolean open = (flags & NEWLINE) == 0;
    int whole = stored + stamp.tagBytes;
    long meta = LogRecord.meta(stamp.callerId, stored, facility, flags, level);
    long claimed = NONE;
    try {
      claimed = claim(whole, open);
      for (int i = 0; claimed == NONE && i < YIELDS_TO_STALLED; i++) {
        Thread.yield();
        claimed = claim(whole, open);
      }
      if (claimed == NONE) {
        LONGS.getAndAdd(words, DROPPED, 1L);
        return NONE;
      }
      VarHandle.releaseFence(); // claim:B
      long seq = fill(claimed, stamp, meta, text, from);
      if (owedWake) {
        owedWake = false;
        wake();
      }
      return seq;
    } catch (Throwable e) { // abandon: makes it an empty record, without a call
      if (claimed != NONE) {
        int d =
            DESCRIPTOR_BASE + (((int) (claimed >>> seqShift) & records - 1) << DESCRIPTOR_SHIFT);
        long before = descriptors[d + STATE] >> 2;
        if ((before & seqMask) != claimed >>> seqShift) {
          long begin = (int) (claimed >>> FLAG_BITS) & units - 1;
          descriptors[d + SPAN] =
              begin << 32 | begin + (whole + (1 << UNIT_SHIFT) - 1 >> UNIT_SHIFT) & units - 1;
          descriptors[d + TIME] = stamp.nanos;
          descriptors[d + WALL] = stamp.wallNanos;
          descriptors[d + ORIGIN] = stamp.origin & -1L << Stamp.CPU_SHIFT;
          descriptors[d + META] = meta & ~(0xffffL << LogRecord.LENGTH_SHIFT);
          owedWake = true; // volatile: all of it before the state
          descriptors[d + STATE] = before + records << 2 | FINALIZED;
        } else if ((descriptors[d + STATE] & 3) == COMMITTED) { // its successor may have looked
          descriptors[d + STATE] = before << 2 | FINALIZED;
        }
        if ((claimed & OPEN) != 0) { // the neighbour that fill would have finished
          int n =
              DESCRIPTOR_BASE
                  + (((int) (claimed >>> seqShift) - 1 & records - 1) << DESCRIPTOR_SHIFT);
          if ((descriptors[n + STATE] & 3) == COMMITTED) {
            descriptors[n + STATE] = descriptors[n + STATE] & ~3L | FINALIZED;
          }
        }
        owedWake = true;
      }
      throw e;
    }
  }

  /** Steps 3 and 4 of a writer: fills what {@link #claim} returned and publishes it. */
  long fill(long claimed, Stamp stamp, long meta, byte[] text, int from) {
    int d = slot(seqOf(claimed));
    long seq = (descriptors[d + STATE] >> 2) + records;
    if ((claimed & OPEN) != 0) {
      finishPrevious(seq - 1);
    }
    int begin = offsetOf(claimed);
    int length = LogRecord.lengthOf(meta);
    int tags = stamp.tagBytes;
    if (tags != 0) {
      copyIn(stamp.tags, 0, begin << UNIT_SHIFT, tags);
    }
    copyIn(text, from, (begin << UNIT_SHIFT) + tags, length);
    LONGS.setOpaque(descriptors, d + SPAN, span(begin, begin + unitsFor(tags + length)));
    descriptors[d + TIME] = stamp.nanos;
    LONGS.setOpaque(descriptors, d + META, meta);
    descriptors[d + WALL] = stamp.wallNanos;
    LONGS.setOpaque(descriptors, d + ORIGIN, stamp.origin);
    if (image != null) {
      keep(seq, d);
    }
    publish(d, seq, (LogRecord.flagsOf(meta) & NEWLINE) == 0);
    if ((claimed & WAIT) != 0) {
      wake();
    }
    return seq;
  }

  private void keep(long seq, int d) {
    long meta = descriptors[d + META];
    long origin = descriptors[d + ORIGIN];
    int position = positionOf(descriptors[d + SPAN]);
    int length = LogRecord.tagBytesOf(origin) + LogRecord.lengthOf(meta);
    image.store(
        seq, descriptors[d + TIME], descriptors[d + WALL], meta, origin, position, bytes, length);
  }

  /**
   * Continues the newest record (KERN_CONT), if it is still open and of the same caller.
   *
   * @param flags {@link #NEWLINE} ends the record
   * @param longestPrior refuse if the record has more than so many bytes already
   * @return the record's sequence number, or {@link #NONE} if there is nothing to continue
   */
  public long extend(int callerId, int flags, byte[] text, int from, int length, int longestPrior) {
    long head = head();
    long low = seqOf(head) - 1 & seqMask;
    int d = slot(low);
    long state = (long) LONGS.getAcquire(descriptors, d + STATE);
    if ((head & OPEN) == 0
        || (state & 3) != COMMITTED
        || (state >> 2 & seqMask) != low
        || !mayExtend(d, callerId, longestPrior)
        || !LONGS.compareAndSet(descriptors, d + STATE, state, state & ~3 | REOPENED)) {
      return NONE;
    }
    // The record is ours. Another writer of this caller may have been here first: look again.
    long seq = state >> 2;
    long meta = descriptors[d + META];
    long grown = NONE;
    try {
      boolean open = (flags & NEWLINE) == 0;
      int prior = LogRecord.lengthOf(meta);
      int whole = LogRecord.tagBytesOf(descriptors[d + ORIGIN]) + prior; // with the tags
      grown =
          mayExtend(d, callerId, longestPrior) && prior + length <= maxLength()
              ? moveHead(low + 1 & seqMask, 0, unitsFor(whole + length) - unitsFor(whole), open)
              : NONE;
      if (grown != NONE) {
        VarHandle.releaseFence(); // claim:B
        int begin = (int) (descriptors[d + SPAN] >>> 32);
        copyIn(text, from, (begin << UNIT_SHIFT) + whole, length);
        LONGS.setOpaque(descriptors, d + SPAN, span(begin, begin + unitsFor(whole + length)));
        LONGS.setOpaque(descriptors, d + META, LogRecord.grown(meta, prior + length, flags));
        if (image != null) {
          keep(seq, d);
        }
      }
      publish(d, seq, open || grown == NONE);
      if (grown == NONE) {
        return NONE;
      }
      if ((grown & WAIT) != 0) {
        wake();
      }
      return seq;
    } catch (Throwable e) { // ends the record as it was, without a call
      if (grown != NONE) {
        long begin = descriptors[d + SPAN] >>> 32;
        long origin = descriptors[d + ORIGIN];
        long bytesNow =
            (origin >>> Stamp.MODULE_SHIFT & Stamp.MODULE_MAX)
                + (origin >>> Stamp.SUBSYSTEM_SHIFT & Stamp.SUBSYSTEM_MAX)
                + (origin & Stamp.DEVICE_MAX)
                + (meta >>> LogRecord.LENGTH_SHIFT & 0xffff)
                + length;
        descriptors[d + SPAN] =
            begin << 32 | begin + (bytesNow + (1 << UNIT_SHIFT) - 1 >> UNIT_SHIFT) & units - 1;
        descriptors[d + META] = meta;
      }
      owedWake = true; // volatile: all of it before the state
      if (descriptors[d + STATE] == (seq << 2 | REOPENED)) {
        descriptors[d + STATE] = seq << 2 | FINALIZED;
      }
      throw e;
    }
  }

  /**
   * Registers a listener, called by a writer after it has published a record that an armed reader
   * waits for (see {@link LogReader#arm()}); possibly without need. It runs in the context of the
   * writer, so it must neither block nor throw nor print.
   */
  public synchronized void addListener(Runnable listener) {
    Runnable[] old = listeners;
    Runnable[] now = Arrays.copyOf(old, old.length + 1);
    now[old.length] = listener;
    listeners = now;
  }

  /** Undoes {@link #addListener}. */
  public synchronized void removeListener(Runnable listener) {
    listeners = Arrays.stream(listeners).filter(l -> l != listener).toArray(Runnable[]::new);
  }

  /** A new reader that starts at the oldest record. */
  public LogReader reader() {
    return new LogReader(this);
  }

  /**
   * Steps 1 and 2 of a writer.
   *
   * @return the head as it was: the record's place and the neighbour's flags; NONE if blocked
   */
  long claim(int length, boolean open) {
    return moveHead(ANY, 1, unitsFor(length), open);
  }

  /**
   * Moves the head by some records and units, making room first.
   *
   * @param expected low bits of the only sequence number to move from, or ANY
   * @return the head as it was; NONE if it is another one, or if a stalled writer blocks the tail
   */
  private long moveHead(long expected, int step, int need, boolean open) {
    for (; ; ) {
      long head = head();
      long tail = tail();
      if (expected != ANY && seqOf(head) != expected) {
        return NONE;
      }
      if (hasRoom(head, tail, need)) {
        long next = word(seqOf(head) + step, offsetOf(head) + need) | (open ? OPEN : 0);
        if (LONGS.compareAndSet(words, HEAD, head, next)) { // claim:D
          return head; // no call from here to the caller's catch
        }
        Thread.onSpinWait();
      } else if (!pushTail(tail) && head == head()) {
        return NONE;
      }
    }
  }

  private boolean hasRoom(long head, long tail, int need) {
    int used = offsetOf(head) - offsetOf(tail) & units - 1;
    return used + need < units && distance(seqOf(head), seqOf(tail)) < records;
  }

  /**
   * Frees a batch of the oldest records.
   *
   * @return false if nothing moved, because the oldest record is not finished
   */
  private boolean pushTail(long tail) {
    long low = seqOf(tail);
    int offset = offsetOf(tail);
    int freedRecords = 0;
    int freedUnits = 0;
    while (freedUnits <= units >> BATCH_SHIFT && freedRecords <= records >> BATCH_SHIFT) {
      int d = slot(low);
      long state = (long) LONGS.getAcquire(descriptors, d + STATE);
      if ((state >> 2 & seqMask) != low || !isFinished(d, state)) {
        break;
      }
      int end = (int) (long) LONGS.getOpaque(descriptors, d + SPAN) & units - 1;
      freedUnits += end - offset & units - 1;
      freedRecords++;
      offset = end;
      low = low + 1 & seqMask;
    }
    if (freedRecords == 0) {
      return tail() != tail;
    }
    // If others were faster, what was read above may be nonsense, and this CAS fails.
    LONGS.compareAndSet(words, TAIL, tail, word(low, offset));
    return true;
  }

  /** Whether the record is finalized; finalizes it for a stalled successor that should have. */
  private boolean isFinished(int d, long state) {
    if ((state & 3) == COMMITTED && seqOf(head()) != ((state >> 2) + 1 & seqMask)) {
      finish(d, state >> 2);
      return true;
    }
    return (state & 3) == FINALIZED;
  }

  private void publish(int d, long seq, boolean open) {
    if (!open) {
      LONGS.setRelease(descriptors, d + STATE, seq << 2 | FINALIZED); // publish:A
      return;
    }
    LONGS.setVolatile(descriptors, d + STATE, seq << 2 | COMMITTED); // publish:C
    if (seqOf(head()) != (seq + 1 & seqMask)) {
      finish(d, seq);
    }
  }

  /**
   * Finalizes the record before ours; if its writer is still at work, that one will see our head.
   */
  private void finishPrevious(long seq) {
    int d = slot(seq);
    if ((long) LONGS.getVolatile(descriptors, d + STATE) == (seq << 2 | COMMITTED)) { // C
      LONGS.compareAndSet(descriptors, d + STATE, seq << 2 | COMMITTED, seq << 2 | FINALIZED);
    }
  }

  /** Finalizes a record out of turn: a reader may be waiting for it and for nothing else. */
  private void finish(int d, long seq) {
    if (LONGS.compareAndSet(descriptors, d + STATE, seq << 2 | COMMITTED, seq << 2 | FINALIZED)) {
      wake();
    }
  }

  private void wake() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }

  private boolean mayExtend(int d, int callerId, int longestPrior) {
    long meta = (long) LONGS.getOpaque(descriptors, d + META);
    return LogRecord.callerOf(meta) == callerId && LogRecord.lengthOf(meta) <= longestPrior;
  }

  private void copyIn(byte[] text, int from, int position, int length) {
    int at = position & bytes.length - 1;
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(text, from, bytes, at, first);
    if (first < length) {
      System.arraycopy(text, from + first, bytes, 0, length - first);
    }
  }

  void copyOut(int position, byte[] to, int length) {
    int at = position & bytes.length - 1;
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(bytes, at, to, 0, first);
    System.arraycopy(bytes, 0, to, first, length - first);
  }

  /** One long of the descriptor of a record; valid if the tail has not passed it afterwards. */
  long field(long seq, int field) {
    return (long) LONGS.getOpaque(descriptors, slot(seq) + field);
  }

  long state(long seq) {
    return (long) LONGS.getAcquire(descriptors, slot(seq) + STATE);
  }

  long head() {
    return (long) LONGS.getAcquire(words, HEAD);
  }

  long tail() {
    return (long) LONGS.getAcquire(words, TAIL);
  }

  /** Asks the writer that moves the head next to call the listeners; false if it has moved. */
  boolean requestWake(long head) {
    return (head & WAIT) != 0 || LONGS.compareAndSet(words, HEAD, head, head | WAIT); // D
  }

  private long word(long seq, int offset) {
    return (seq & seqMask) << seqShift | (long) (offset & units - 1) << FLAG_BITS;
  }

  long seqOf(long word) {
    return word >>> seqShift;
  }

  private int offsetOf(long word) {
    return (int) (word >>> FLAG_BITS) & units - 1;
  }

  /** {@code a - b} for sequence numbers of which only the low bits are known or of interest. */
  long distance(long a, long b) {
    return (a - b) << seqShift + 1 >> seqShift + 1;
  }

  private int slot(long seq) {
    return DESCRIPTOR_BASE + (((int) seq & records - 1) << DESCRIPTOR_SHIFT);
  }

  private long span(int begin, int end) {
    return (long) begin << 32 | end & units - 1;
  }

  /** Where a record's tags and text begin, in bytes. */
  int positionOf(long span) {
    return (int) (span >>> 32) << UNIT_SHIFT;
  }

  private static int unitsFor(int length) {
    return length + (1 << UNIT_SHIFT) - 1 >> UNIT_SHIFT;
  }
}
