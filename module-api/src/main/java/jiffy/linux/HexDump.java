package jiffy.linux;

import static jiffy.linux.Printk.printk;

import java.util.Locale;

/**
 * {@code linux/printk.h}: bytes as text in hex.
 *
 * <p>A group of several bytes is shown as the number that it is in memory, lowest byte first:
 * {@code 44434241} for {@code ABCD}. What is neither 1, 2, 4 nor 8, or does not divide the bytes of
 * the row, is a group of 1. A length beyond the array's end is cut to it.
 *
 * <p>Contexts: any. Thread safe.
 */
public final class HexDump {
  /** Before each row: nothing. */
  public static final int DUMP_PREFIX_NONE = 0;

  /** Before each row: its (hashed) address. */
  public static final int DUMP_PREFIX_ADDRESS = 1;

  /** Before each row: its offset, eight digits. */
  public static final int DUMP_PREFIX_OFFSET = 2;

  private static final int ROW = 16;

  private static final int LONG_ROW = 32;

  /** A long row in hex, two blanks, the row as text, NUL. */
  private static final int LINE = LONG_ROW * 3 + 2 + LONG_ROW + 1;

  private HexDump() {}

  /**
   * {@code void print_hex_dump(const char *level, const char *prefix_str, int prefix_type, int
   * rowsize, int groupsize, const void *buf, size_t len, bool ascii)}: a record a row.
   *
   * @param rowsize bytes in a row, 16 or 32
   * @param groupsize bytes in a group, 1, 2, 4 or 8
   * @param ascii whether each row ends with its bytes as text
   */
  public static void print_hex_dump(
      String level,
      String prefix_str,
      int prefix_type,
      int rowsize,
      int groupsize,
      byte[] buf,
      long len,
      boolean ascii) {
    int size = rowsize == LONG_ROW ? LONG_ROW : ROW;
    int end = buf == null ? 0 : (int) Math.min(Math.max(len, 0), buf.length);
    for (int i = 0; i < end; i += size) {
      StringBuilder line = new StringBuilder(LINE);
      row(buf, i, Math.min(size, end - i), size, groupsize, line, LINE, ascii);
      if (prefix_type == DUMP_PREFIX_ADDRESS) {
        printk("%s%s%p: %s\n", level, prefix_str, address(buf) + i, line);
      } else if (prefix_type == DUMP_PREFIX_OFFSET) {
        printk("%s%s%.8x: %s\n", level, prefix_str, i, line);
      } else {
        printk("%s%s%s\n", level, prefix_str, line);
      }
    }
  }

  /**
   * {@code print_hex_dump_debug(prefix_str, prefix_type, rowsize, groupsize, buf, len, ascii)}: at
   * level 7, but off, as {@code pr_debug} is.
   */
  public static void print_hex_dump_debug(
      String prefix_str,
      int prefix_type,
      int rowsize,
      int groupsize,
      byte[] buf,
      long len,
      boolean ascii) {}

  /**
   * {@code print_hex_dump_bytes(prefix_str, prefix_type, buf, len)}: {@link #print_hex_dump_debug}
   * of rows of 16 single bytes with text; so off, too.
   */
  public static void print_hex_dump_bytes(
      String prefix_str, int prefix_type, byte[] buf, long len) {}

  /**
   * {@code int hex_dump_to_buffer(const void *buf, size_t len, int rowsize, int groupsize, char
   * *linebuf, size_t linebuflen, bool ascii)}: appends one row.
   *
   * @param len at most {@code rowsize} of them are taken
   * @param linebuflen bytes for the row, one for a NUL counted
   * @return length of the whole row; what does not fit in less than {@code linebuflen} is cut off
   */
  public static int hex_dump_to_buffer(
      byte[] buf,
      long len,
      int rowsize,
      int groupsize,
      StringBuilder linebuf,
      long linebuflen,
      boolean ascii) {
    int size = rowsize == LONG_ROW ? LONG_ROW : ROW;
    int count = buf == null ? 0 : (int) Math.min(Math.max(len, 0), Math.min(size, buf.length));
    return row(buf, 0, count, size, groupsize, linebuf, linebuflen, ascii);
  }

  private static int row(
      byte[] buf,
      int from,
      int count,
      int rowsize,
      int groupsize,
      StringBuilder to,
      long room,
      boolean ascii) {
    if (count == 0) {
      return 0;
    }
    boolean known = groupsize == 2 || groupsize == 4 || groupsize == 8;
    int group = known && count % groupsize == 0 ? groupsize : 1;
    StringBuilder row = new StringBuilder(LINE);
    for (int i = 0; i < count; i += group) {
      row.append(i == 0 ? "" : " ");
      for (int j = group - 1; j >= 0; j--) {
        row.append(String.format(Locale.ROOT, "%02x", buf[from + i + j] & 0xff));
      }
    }
    if (ascii) {
      int column = rowsize * 2 + rowsize / group + 1;
      row.append(" ".repeat(column - row.length()));
      for (int i = from; i < from + count; i++) {
        row.append(buf[i] >= ' ' && buf[i] < 0x7f ? (char) buf[i] : '.');
      }
    }
    to.append(row, 0, (int) Math.min(row.length(), Math.max(0, room - 1)));
    return row.length();
  }

  /** What {@code %px} prints of it. */
  private static long address(byte[] buf) {
    StringBuilder text = new StringBuilder();
    Sprintf.sprintf(text, "%px", (Object) buf);
    return text.charAt(0) == '(' ? 0 : Long.parseUnsignedLong(text.toString(), 16);
  }
}
