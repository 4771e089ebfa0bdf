package jiffy.runtime.printk.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The descriptors of a {@link LogRing}, and how they and the text are claimed and freed: by two
 * words, the head and the tail. The algorithm is explained there.
 */
abstract class RingSpace {
  /** Instead of a head: there is no room. */
  static final long BLOCKED = -1;

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
  static final int FORMAT = 6; // of a raw record, see Stamp
  static final int ARGUMENT = 7;

  static final int DESCRIPTOR_SHIFT = 3; // 8 longs
  static final int DESCRIPTOR_BASE = 6; // past the array header to the next cache line
  static final int UNIT_SHIFT = 3;
  private static final int AVERAGE_RECORD_SHIFT = 6; // a descriptor per 64 bytes of text
  private static final int BATCH_SHIFT = 6; // the tail frees 1/64 of the ring at once

  static final long OPEN = 1;
  static final long WAIT = 2;
  static final int FLAG_BITS = 2;
  private static final long ANY = -1;

  /** The shared words, two cache lines apart because processors fetch lines in pairs. */
  static final int HEAD = 16;

  private static final int TAIL = 32;
  static final int DROPPED = 48;

  static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

  final long[] words = new long[64];
  final long[] descriptors;
  final int records; // number of descriptors, a power of two
  final int units; // number of text units, a power of two
  final int seqShift;
  final long seqMask;

  /** All records free. @param capacity bytes of text, a power of two */
  RingSpace(int capacity) {
    records = capacity >> AVERAGE_RECORD_SHIFT;
    units = capacity >> UNIT_SHIFT;
    seqShift = FLAG_BITS + Integer.numberOfTrailingZeros(units);
    seqMask = (1L << (63 - seqShift)) - 1;
    descriptors = new long[DESCRIPTOR_BASE + (records << DESCRIPTOR_SHIFT)];
    for (int i = 0; i < records; i++) {
      descriptors[slot(i)] = (long) (i - records) << 2 | FINALIZED; // "one lap ago"
    }
  }

  /**
   * Steps 1 and 2 of a writer.
   *
   * @return the head as it was: the record's place and the neighbour's flags; {@link #BLOCKED} if
   *     blocked
   */
  long claim(int length, boolean open) {
    return moveHead(ANY, 1, unitsFor(length), open);
  }

  /**
   * Moves the head by some records and units, making room first.
   *
   * @param expected low bits of the only sequence number to move from, or ANY
   * @return the head as it was; {@link #BLOCKED} if it is another one, or if a stalled writer
   *     blocks the tail
   */
  long moveHead(long expected, int step, int need, boolean open) {
    for (; ; ) {
      long head = head();
      long tail = tail();
      if (expected != ANY && seqOf(head) != expected) {
        return BLOCKED;
      }
      if (hasRoom(head, tail, need)) {
        long next = word(seqOf(head) + step, offsetOf(head) + need) | (open ? OPEN : 0);
        if (LONGS.compareAndSet(words, HEAD, head, next)) { // claim:D
          return head; // no call from here to the caller's catch
        }
        Thread.onSpinWait();
      } else if (!pushTail(tail) && head == head()) {
        return BLOCKED;
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

  /** Finalizes a record out of turn: a reader may be waiting for it and for nothing else. */
  void finish(int d, long seq) {
    if (LONGS.compareAndSet(descriptors, d + STATE, seq << 2 | COMMITTED, seq << 2 | FINALIZED)) {
      wake();
    }
  }

  /** Calls who waits for a record. */
  abstract void wake();

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

  long word(long seq, int offset) {
    return (seq & seqMask) << seqShift | (long) (offset & units - 1) << FLAG_BITS;
  }

  long seqOf(long word) {
    return word >>> seqShift;
  }

  int offsetOf(long word) {
    return (int) (word >>> FLAG_BITS) & units - 1;
  }

  /** {@code a - b} for sequence numbers of which only the low bits are known or of interest. */
  long distance(long a, long b) {
    return (a - b) << seqShift + 1 >> seqShift + 1;
  }

  int slot(long seq) {
    return DESCRIPTOR_BASE + (((int) seq & records - 1) << DESCRIPTOR_SHIFT);
  }

  long span(int begin, int end) {
    return (long) begin << 32 | end & units - 1;
  }

  /** Where a record's tags and text begin, in bytes. */
  int positionOf(long span) {
    return (int) (span >>> 32) << UNIT_SHIFT;
  }

  static int unitsFor(int length) {
    return length + (1 << UNIT_SHIFT) - 1 >> UNIT_SHIFT;
  }
}
