package jiffy.runtime.printk.ring;

import java.lang.invoke.VarHandle;
import java.util.Arrays;

/**
 * A ring of log records: many lock-free writers, the oldest record is overwritten, readers follow
 * by sequence number. Storing a record costs one CAS and two copies and allocates nothing.
 *
 * <p>Thread safety: any thread may append and extend at any time; each {@link LogReader} belongs to
 * one thread. A writer never waits for a reader, nor for another writer.
 */
public final class LogRing extends RingSpace {
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
   *                | wall clock | pid, cpu, lengths of the tags | format | 1st argument |
   *   text:        | tags: module, subsystem, device | what was printed |
   *     or raw:    | 2nd, 3rd argument, if any | the tags | nothing yet, but room for the text |
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
   * Most lines are a text with a number or two in it. Such a record is stored raw, as the number of
   * its format and the arguments, the first of them in the descriptor's own cache line, and becomes
   * text when it is read (as trace_printk's do on Linux, whose vbin_printf this is). It takes as much of the ring as
   * its text would: what the ring holds does not depend on how it was printed. Not if there is an
   * image, which must be readable without us.
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
   * Steps 1 and 2, and the freeing of records, are RingSpace's.
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

  private static final int YIELDS_TO_STALLED = 64; // some 100 us if nobody else wants to run
  private static final byte[] NO_BYTES = {};

  private final TextRing text;
  private final LineFormats formats = new LineFormats();
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
    super(capacityFor(logBufLen));
    text = new TextRing(capacityFor(logBufLen));
    VarHandle.fullFence();
  }

  private static int capacityFor(int logBufLen) {
    int wanted = Math.max(MIN_BYTES, Math.min(MAX_BYTES, logBufLen));
    return Integer.highestOneBit(2 * wanted - 1);
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
    return text.bytes.length;
  }

  /** How many records it holds at most. */
  public int descriptors() {
    return records;
  }

  /** Longest text of a record in bytes; more is cut off. */
  public int maxLength() {
    return Math.min(text.bytes.length >> 2, 0xffff);
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
    return store(
        stamp,
        LogRecord.meta(stamp.callerId, stored, facility, flags, level),
        (flags & NEWLINE) == 0,
        text,
        from);
  }

  /** Whether {@link #appendRaw} may be used for a text of this length. */
  public boolean takesRaw(int length) {
    return image == null && length <= maxLength(); // which is more than a printk's, as it is
  }

  /**
   * Stores a complete record of the kernel whose text is made when it is read, of the stamp's
   * format and arguments.
   *
   * @param length of that text in bytes, at least 8 for each argument after the first; see {@link
   *     #takesRaw}
   * @return as {@link #append}
   */
  public long appendRaw(Stamp stamp, int level, int length) {
    long meta = LogRecord.meta(stamp.callerId, length, 0, NEWLINE, level) | LogRecord.RAW;
    return store(stamp, meta, false, NO_BYTES, 0);
  }

  private long store(Stamp stamp, long meta, boolean open, byte[] from, int start) {
    int whole = LogRecord.lengthOf(meta) + stamp.tagBytes;
    long claimed = BLOCKED;
    try {
      claimed = claim(whole, open);
      for (int i = 0; claimed == BLOCKED && i < YIELDS_TO_STALLED; i++) {
        Thread.yield();
        claimed = claim(whole, open);
      }
      if (claimed == BLOCKED) {
        LONGS.getAndAdd(words, DROPPED, 1L);
        return NONE;
      }
      VarHandle.releaseFence(); // claim:B
      long seq = fill(claimed, stamp, meta, from, start);
      if (owedWake) {
        owedWake = false;
        wake();
      }
      return seq;
    } catch (Throwable e) { // abandon: makes it an empty record, without a call
      if (claimed != BLOCKED) {
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
          descriptors[d + META] = meta & ~(0xffffL << LogRecord.LENGTH_SHIFT | LogRecord.RAW);
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
  long fill(long claimed, Stamp stamp, long meta, byte[] from, int start) {
    long[] into = descriptors; // read once: the opaque stores below forbid to remember the field
    int d = slot(seqOf(claimed));
    long seq = (into[d + STATE] >> 2) + records;
    if ((claimed & OPEN) != 0) {
      finishPrevious(seq - 1);
    }
    int begin = offsetOf(claimed);
    int position = begin << UNIT_SHIFT;
    int length = LogRecord.lengthOf(meta);
    int tags = stamp.tagBytes;
    if ((meta & LogRecord.RAW) == 0) {
      text.put(position + tags, from, start, length);
    } else {
      LONGS.setOpaque(into, d + FORMAT, stamp.format);
      LONGS.setOpaque(into, d + ARGUMENT, stamp.a);
      position = putFurther(stamp, position);
    }
    if (tags != 0) {
      text.put(position, stamp.tags, 0, tags);
    }
    LONGS.setOpaque(into, d + SPAN, span(begin, begin + unitsFor(tags + length)));
    LONGS.setOpaque(into, d + TIME, stamp.nanos);
    LONGS.setOpaque(into, d + META, meta);
    LONGS.setOpaque(into, d + WALL, stamp.wallNanos);
    LONGS.setOpaque(into, d + ORIGIN, stamp.origin);
    if (image != null) {
      keep(seq, d);
    }
    publish(d, seq, (LogRecord.flagsOf(meta) & NEWLINE) == 0);
    if ((claimed & WAIT) != 0) {
      wake();
    }
    return seq;
  }

  /** The arguments that have no place in the descriptor; returns where the tags go. */
  private int putFurther(Stamp stamp, int position) {
    int further = Stamp.furtherArgumentsOf(stamp.format);
    if (further > 0) {
      text.putLong(position, stamp.b);
      if (further > 1) {
        text.putLong(position + Long.BYTES, stamp.c);
      }
    }
    return position + Long.BYTES * further;
  }

  private void keep(long seq, int d) {
    long meta = descriptors[d + META];
    long origin = descriptors[d + ORIGIN];
    int position = positionOf(descriptors[d + SPAN]);
    int length = LogRecord.tagBytesOf(origin) + LogRecord.lengthOf(meta);
    image.store(
        seq,
        descriptors[d + TIME],
        descriptors[d + WALL],
        meta,
        origin,
        position,
        text.bytes,
        length);
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
    long grown = BLOCKED;
    try {
      boolean open = (flags & NEWLINE) == 0;
      int prior = LogRecord.lengthOf(meta);
      int whole = LogRecord.tagBytesOf(descriptors[d + ORIGIN]) + prior; // with the tags
      grown =
          mayExtend(d, callerId, longestPrior) && prior + length <= maxLength()
              ? moveHead(low + 1 & seqMask, 0, unitsFor(whole + length) - unitsFor(whole), open)
              : BLOCKED;
      if (grown != BLOCKED) {
        VarHandle.releaseFence(); // claim:B
        int begin = (int) (descriptors[d + SPAN] >>> 32);
        this.text.put((begin << UNIT_SHIFT) + whole, text, from, length);
        LONGS.setOpaque(descriptors, d + SPAN, span(begin, begin + unitsFor(whole + length)));
        LONGS.setOpaque(descriptors, d + META, LogRecord.grown(meta, prior + length, flags));
        if (image != null) {
          keep(seq, d);
        }
      }
      publish(d, seq, open || grown == BLOCKED);
      if (grown == BLOCKED) {
        return NONE;
      }
      if ((grown & WAIT) != 0) {
        wake();
      }
      return seq;
    } catch (Throwable e) { // ends the record as it was, without a call
      if (grown != BLOCKED) {
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

  @Override
  void wake() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }

  private boolean mayExtend(int d, int callerId, int longestPrior) {
    long meta = (long) LONGS.getOpaque(descriptors, d + META);
    return LogRecord.callerOf(meta) == callerId && LogRecord.lengthOf(meta) <= longestPrior;
  }

  TextRing text() {
    return text;
  }

  /** The formats of raw records. */
  public LineFormats formats() {
    return formats;
  }

  /** Asks the writer that moves the head next to call the listeners; false if it has moved. */
  boolean requestWake(long head) {
    return (head & WAIT) != 0 || LONGS.compareAndSet(words, HEAD, head, head | WAIT); // D
  }
}
