package jiffy.linux;

import static jiffy.linux.Err.IS_ERR_OR_NULL;
import static jiffy.linux.Err.PTR_ERR;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENOMEM;

import jiffy.types.LoffT;
import jiffy.types.SeqFile;
import jiffy.types.UserBuffer;

/** One {@code read} of a file of records. For the reader's task. */
final class SeqReading {
  /*
   * A read hands out what the last one has left in the buffer, then makes one pass:
   *
   *     start   show   next   show   next ... stop     copy
   *             first         more
   *
   * The first record must fit: if it does not, the pass ends, the buffer is doubled, and the pass
   * begins again at the same record. More records are added while they fit and the reader has room
   * for more than is there; one that does not fit any more is taken back, for the next read. So a
   * reader never sees half a record unless he asks for fewer bytes than it has, and the rest of it
   * then stays in the buffer, from `from` on.
   *
   * `index` is the number of the record that the next pass begins with: next has been called for each
   * that was shown. `read_pos` is the offset at which that is right. A read at another one (lseek,
   * pread) makes all records up to there again and forgets them.
   */

  private static final int PAGE_SIZE = 4096;

  /** The largest power of two below Linux's MAX_RW_COUNT. */
  private static final int LARGEST = 1 << 30;

  /** Of {@link SeqFile#read_pos}: no offset is known. */
  private static final long NOWHERE = -1;

  private final SeqFile m;

  SeqReading(SeqFile m) {
    this.m = m;
  }

  /** {@code seq_read}. */
  long read(UserBuffer to, long count, LoffT pos) {
    if (count < 0 || pos.value < 0) {
      return -EINVAL;
    }
    boolean isDone = false;
    try {
      long got = count == 0 ? 0 : readAt(to, count, pos);
      isDone = true;
      return got;
    } finally {
      if (!isDone) { // an operation has thrown, in the midst of a record
        m.count = 0;
        m.read_pos = NOWHERE;
      }
    }
  }

  private long readAt(UserBuffer to, long count, LoffT pos) {
    if (pos.value == 0) {
      m.index.value = 0; // it may have been read before
      m.count = 0;
    }
    int error = goTo(pos.value);
    if (error == 0 && m.buf == null && !grow(PAGE_SIZE)) {
      error = -ENOMEM;
    }
    if (error != 0) {
      return error;
    }
    long copied = copyOut(to, count);
    if (m.count == 0 && copied < count) {
      error = pass(count - copied);
      copied += copyOut(to.plus(copied), count - copied);
    }
    if (copied == 0) {
      return m.count != 0 ? -EFAULT : error;
    }
    pos.value += copied;
    m.read_pos += copied;
    return copied;
  }

  private long copyOut(UserBuffer to, long count) {
    long wanted = Math.min(m.count, count);
    long done = wanted == 0 ? 0 : wanted - Uaccess.copy_to_user(to, m.buf, m.from, wanted);
    m.count -= (int) done;
    m.from += (int) done;
    return done;
  }

  /**
   * Fills the empty buffer with at least one record, if there is one.
   *
   * @param wanted bytes; once there are so many, no record is added
   * @return 0, or a negative errno: the buffer is empty then
   */
  private int pass(long wanted) {
    m.from = 0;
    Object v = m.op.start.start(m, m.index);
    while (!IS_ERR_OR_NULL(v)) {
      int error = show(v, 0);
      if (error < 0) {
        m.op.stop.stop(m, v);
        return error;
      }
      if (SeqFiles.seq_has_overflowed(m)) {
        m.op.stop.stop(m, v);
        if (!grow(m.size * 2L)) {
          return -ENOMEM;
        }
        v = m.op.start.start(m, m.index);
      } else if (m.count != 0) {
        m.op.stop.stop(m, addRecords(v, wanted));
        return 0;
      } else {
        v = next(v);
      }
    }
    m.op.stop.stop(m, v);
    m.count = 0;
    return (int) PTR_ERR(v);
  }

  /** After a first record: those that fit. @return what stop gets */
  private Object addRecords(Object first, long wanted) {
    Object v = next(first);
    while (!IS_ERR_OR_NULL(v) && m.count < wanted) {
      int before = m.count;
      if (show(v, before) < 0 || SeqFiles.seq_has_overflowed(m)) {
        m.count = before;
        break;
      }
      v = next(v);
    }
    return v;
  }

  /** {@code show}; what is to be skipped is gone from the buffer. @return 0 or a negative errno */
  private int show(Object v, int before) {
    int result = m.op.show.show(m, v);
    if (result != 0) {
      m.count = before;
    }
    return Math.min(result, 0);
  }

  /** {@code next}, which has to move on, or a file would have no end. */
  private Object next(Object v) {
    long before = m.index.value;
    Object after = m.op.next.next(m, v, m.index);
    if (m.index.value == before) {
      m.index.value++;
      if (!m.__isBuggyTold) {
        m.__isBuggyTold = true;
        Printk.pr_info(
            "seq_file: buggy .next function %ps did not update position index\n", m.op.next);
      }
    }
    return after;
  }

  /**
   * {@code traverse}: makes the next read go on at that offset.
   *
   * @return 0, or a negative errno: the file is at its beginning then
   */
  int goTo(long offset) {
    if (offset == m.read_pos) {
      return 0;
    }
    m.read_pos = NOWHERE;
    m.index.value = 0;
    m.count = 0;
    m.from = 0;
    int error = offset == 0 ? 0 : m.buf != null || grow(PAGE_SIZE) ? skip(offset) : -ENOMEM;
    if (error != 0) {
      m.index.value = 0;
      m.count = 0;
    }
    m.read_pos = error == 0 ? offset : 0;
    return error;
  }

  /** Beyond the last byte is no error: there is nothing to be read there. */
  private int skip(long offset) {
    long at = 0;
    Object v = m.op.start.start(m, m.index);
    while (!IS_ERR_OR_NULL(v) && at < offset) {
      int error = show(v, 0);
      if (error < 0) {
        m.op.stop.stop(m, v);
        return error;
      }
      if (SeqFiles.seq_has_overflowed(m)) {
        m.op.stop.stop(m, v);
        if (!grow(m.size * 2L)) {
          return -ENOMEM;
        }
        v = m.op.start.start(m, m.index);
        continue;
      }
      v = next(v);
      int mine = (int) Math.min(m.count, offset - at);
      at += mine;
      m.from = mine;
      m.count -= mine;
    }
    m.op.stop.stop(m, v);
    if (at < offset) {
      m.count = 0;
    }
    return at < offset ? (int) PTR_ERR(v) : 0;
  }

  private boolean grow(long size) {
    m.buf = null; // room for the new one
    m.count = 0;
    if (size > LARGEST) {
      return false;
    }
    try {
      m.buf = new byte[(int) size];
      m.size = (int) size;
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }
}
