package jiffy.linux;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Fs.SEEK_CUR;
import static jiffy.linux.Fs.SEEK_SET;

import java.nio.charset.StandardCharsets;
import jiffy.kernel.Current;
import jiffy.types.File;
import jiffy.types.Inode;
import jiffy.types.LoffT;
import jiffy.types.SeqFile;
import jiffy.types.SeqOperations;
import jiffy.types.UserBuffer;

/**
 * {@code linux/seq_file.h}: files whose text is made record by record, however it is read.
 *
 * <p>A module makes one by {@code proc_create_seq} or {@code proc_create_single}, or by hand:
 *
 * <pre>{@code
 * p.proc_open = (inode, file) -> seq_open(file, ops);
 * p.proc_read = SeqFiles::seq_read;
 * p.proc_lseek = SeqFiles::seq_lseek;
 * p.proc_release = SeqFiles::seq_release;
 * }</pre>
 *
 * <p>Contexts: process context, on the reader's task, for all. A file that is open is one task's.
 * What prints, such as {@link #seq_printf}, never fails: a record that does not fit is made once
 * more in a larger buffer.
 */
public final class SeqFiles {
  /** {@code SEQ_START_TOKEN}: what start gives for a head line, at position 0. */
  public static final Object SEQ_START_TOKEN =
      new Object() {
        @Override
        public String toString() {
          return "SEQ_START_TOKEN";
        }
      };

  /** {@code SEQ_SKIP}: show returns it for a record that is not to be seen. */
  public static final int SEQ_SKIP = 1;

  private SeqFiles() {}

  /**
   * {@code int seq_open(struct file *file, const struct seq_operations *op)}: for a {@code
   * proc_open}. The {@link SeqFile} is then the file's {@code private_data}.
   *
   * @return 0
   */
  public static int seq_open(File file, SeqOperations op) {
    file.private_data = new SeqFile(file, op);
    return 0;
  }

  /**
   * {@code ssize_t seq_read(struct file *file, char __user *buf, size_t size, loff_t *ppos)}: the
   * {@code proc_read} of such a file.
   *
   * @param ppos any offset; moved on
   * @return
   *     <ul>
   *       <li>more than 0: bytes read
   *       <li>0: the file ends here
   *       <li>-EINVAL: a negative size or offset
   *       <li>-ENOMEM: no memory for so long a record; -EFAULT: as {@link Uaccess#copy_to_user}
   *       <li>what start, next or show returned as an error, once all before it has been read
   *     </ul>
   */
  public static long seq_read(File file, UserBuffer buf, long size, LoffT ppos) {
    return new SeqReading(of(file)).read(buf, size, ppos);
  }

  /**
   * {@code loff_t seq_lseek(struct file *file, loff_t offset, int whence)}: the {@code proc_lseek}
   * of such a file. Makes all records up to there.
   *
   * @param whence SEEK_SET or SEEK_CUR
   * @return the new offset; -EINVAL: before the beginning, or from the end; an error of start, next
   *     or show: the file is at its beginning then
   */
  public static long seq_lseek(File file, long offset, int whence) {
    SeqFile m = of(file);
    long target = whence == SEEK_CUR ? offset + file.f_pos.value : offset;
    if (whence != SEEK_CUR && whence != SEEK_SET || target < 0) {
      return -EINVAL;
    }
    int error = new SeqReading(m).goTo(target);
    file.f_pos.value = error == 0 ? target : 0;
    return error == 0 ? target : error;
  }

  /**
   * {@code int seq_release(struct inode *inode, struct file *file)}: the {@code proc_release}.
   *
   * @return 0
   */
  public static int seq_release(Inode inode, File file) {
    SeqFile m = of(file);
    m.buf = null;
    m.count = 0;
    return 0;
  }

  /**
   * {@code int single_open(struct file *file, int (*show)(struct seq_file *, void *), void *data)}:
   * for the {@code proc_open} of a file that is one record.
   *
   * @param show gets {@link #SEQ_START_TOKEN}
   * @param data will be {@code m->private}
   * @return 0
   */
  public static int single_open(File file, SeqOperations.Show show, Object data) {
    SeqOperations op = new SeqOperations();
    op.start = (m, pos) -> pos.value != 0 ? null : SEQ_START_TOKEN;
    op.next =
        (m, v, pos) -> {
          pos.value++;
          return null;
        };
    op.stop = (m, v) -> {};
    op.show = show;
    seq_open(file, op);
    of(file).private_ = data;
    return 0;
  }

  /**
   * {@code int single_open_size(struct file *file, int (*show)(struct seq_file *, void *), void
   * *data, size_t size)}: with a buffer of that size from the start.
   *
   * @param size bytes; 0 or less: as {@link #single_open}
   * @return 0
   */
  public static int single_open_size(File file, SeqOperations.Show show, Object data, int size) {
    single_open(file, show, data);
    if (size > 0) {
      SeqFile m = of(file);
      m.buf = new byte[size];
      m.size = size;
    }
    return 0;
  }

  /**
   * {@code int single_release(struct inode *inode, struct file *file)}: the {@code proc_release}.
   *
   * @return 0
   */
  public static int single_release(Inode inode, File file) {
    return seq_release(inode, file);
  }

  private static SeqFile of(File file) {
    return (SeqFile) file.private_data;
  }

  /**
   * {@code bool seq_has_overflowed(struct seq_file *m)}: the record will be made once more.
   *
   * @return whether the record is too long for the buffer
   */
  public static boolean seq_has_overflowed(SeqFile m) {
    return m.count == m.size;
  }

  /** {@code void seq_printf(struct seq_file *m, const char *fmt, ...)}: see {@link Printk}. */
  public static void seq_printf(SeqFile m, String format, Object... arguments) {
    seq_vprintf(m, format, arguments);
  }

  /** {@code void seq_vprintf(struct seq_file *m, const char *fmt, va_list args)}. */
  public static void seq_vprintf(SeqFile m, String format, Object[] arguments) {
    byte[] text = Current.get().kernel.log.formatBytes(format, arguments);
    put(m, text, text.length);
  }

  /** {@code void seq_puts(struct seq_file *m, const char *s)}. */
  public static void seq_puts(SeqFile m, CharSequence s) {
    byte[] text = s.toString().getBytes(StandardCharsets.UTF_8);
    put(m, text, text.length);
  }

  /** {@code void seq_putc(struct seq_file *m, char c)}: a character; not ASCII: in UTF-8. */
  public static void seq_putc(SeqFile m, int c) {
    if (c >= 0x80) {
      seq_puts(m, Character.toString(c));
    } else if (m.count < m.size) {
      m.buf[m.count++] = (byte) c;
    }
  }

  /**
   * {@code int seq_write(struct seq_file *m, const void *data, size_t len)}: bytes as they are.
   *
   * @return 0, or -1 if they do not fit; the record is then made once more
   */
  public static int seq_write(SeqFile m, byte[] data, int length) {
    return put(m, data, length) ? 0 : -1;
  }

  /** {@code void seq_setwidth(struct seq_file *m, size_t size)}: how far {@link #seq_pad} goes. */
  public static void seq_setwidth(SeqFile m, int size) {
    m.pad_until = m.count + size;
  }

  /**
   * {@code void seq_pad(struct seq_file *m, char c)}: blanks up to the width set last.
   *
   * @param c behind them, such as a newline; 0: none
   */
  public static void seq_pad(SeqFile m, int c) {
    if (m.pad_until - m.count > 0 && !seq_has_overflowed(m)) {
      byte[] blanks = " ".repeat(m.pad_until - m.count).getBytes(StandardCharsets.UTF_8);
      put(m, blanks, blanks.length);
    }
    if (c != 0) {
      seq_putc(m, c);
    }
  }

  /** As in C there is always room for a NUL besides, so a full buffer has overflowed. */
  private static boolean put(SeqFile m, byte[] text, int length) {
    if (m.count + length >= m.size) {
      m.count = m.size;
      return false;
    }
    System.arraycopy(text, 0, m.buf, m.count, length);
    m.count += length;
    return true;
  }
}
