package jiffy.runtime.printk.pstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Whose ring it is.
 *
 * @param state {@link #RUNS} or {@link #HALTED}
 * @param records descriptors of the ring
 * @param textBytes of the ring
 * @param jvm which JVM: a random number
 * @param pid of the JVM
 * @param bootWallNanos when the kernel booted, ns since 1970
 * @param kernel its name
 * @param commandLine what it was booted with, cut to fit
 */
record Header(
    int state,
    int records,
    int textBytes,
    long jvm,
    long pid,
    long bootWallNanos,
    String kernel,
    String commandLine) {
  /*
   * | "JIFFYLOG" | version | state | records | text bytes | jvm | pid | boot | two strings: length, bytes |
   */
  static final int RUNS = 1;
  static final int HALTED = 2;

  private static final byte[] MAGIC = "JIFFYLOG".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final int NAME_MAX = 256;
  private static final int COMMAND_LINE_MAX = 2048;

  Header halted() {
    return new Header(HALTED, records, textBytes, jvm, pid, bootWallNanos, kernel, commandLine);
  }

  byte[] bytes() {
    ByteBuffer to = ByteBuffer.allocate(ImageFile.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    to.put(MAGIC).putInt(VERSION).putInt(state).putInt(records).putInt(textBytes);
    to.putLong(jvm).putLong(pid).putLong(bootWallNanos);
    putString(to, kernel, NAME_MAX);
    putString(to, commandLine, COMMAND_LINE_MAX);
    return to.array();
  }

  private static void putString(ByteBuffer to, String text, int max) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(bytes.length, max);
    to.putInt(length).put(bytes, 0, length);
  }

  /**
   * Reads one from the head of a file.
   *
   * @throws IOException as {@link #parse}, or if the file cannot be read
   */
  static Header read(FileChannel file) throws IOException {
    long size = file.size();
    if (size < ImageFile.HEADER_BYTES) {
      throw new IOException("not the log of a kernel: " + size + " bytes");
    }
    return parse(ImageFile.read(file, 0, ImageFile.HEADER_BYTES), size);
  }

  /**
   * Reads one back.
   *
   * @param fileBytes the whole file's
   * @throws IOException if this is none; the message is what is wrong, without the file's name
   */
  private static Header parse(byte[] bytes, long fileBytes) throws IOException {
    ByteBuffer from = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] magic = new byte[MAGIC.length];
    from.get(magic);
    if (!Arrays.equals(magic, MAGIC)) {
      throw new IOException("not the log of a kernel: it does not begin with JIFFYLOG");
    }
    int version = from.getInt();
    if (version != VERSION) {
      throw new IOException("of version " + version + ", but only " + VERSION + " can be read");
    }
    int state = from.getInt();
    int records = from.getInt();
    int textBytes = from.getInt();
    if (Integer.bitCount(records) != 1
        || records < 1
        || Integer.bitCount(textBytes) != 1
        || textBytes < 8
        || fileBytes != ImageFile.size(records, textBytes)) {
      throw new IOException("damaged: " + fileBytes + " bytes do not fit what its header says");
    }
    long jvm = from.getLong();
    long pid = from.getLong();
    long boot = from.getLong();
    String kernel = string(from, NAME_MAX);
    return new Header(
        state, records, textBytes, jvm, pid, boot, kernel, string(from, COMMAND_LINE_MAX));
  }

  private static String string(ByteBuffer from, int max) throws IOException {
    int length = from.getInt();
    if (length < 0 || length > max) {
      throw new IOException("damaged: a string of " + length + " bytes in its header");
    }
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
