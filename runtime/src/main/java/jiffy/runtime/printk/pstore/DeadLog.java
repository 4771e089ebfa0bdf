package jiffy.runtime.printk.pstore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import jiffy.runtime.printk.ring.LogRecord;

/**
 * The log that a kernel has left in its crash file. Immutable.
 *
 * @param file where it was read
 * @param pid of the JVM that it ran in
 * @param bootWallNanos when it booted, ns since 1970
 * @param kernel its name
 * @param commandLine what it was booted with
 * @param halted it was halted in order: it did not die
 * @param records whole records, oldest first
 * @param torn how many were being written when it died, and are left out
 */
public record DeadLog(
    Path file,
    long pid,
    long bootWallNanos,
    String kernel,
    String commandLine,
    boolean halted,
    List<LogRecord> records,
    int torn) {

  /** Takes a copy of the list. */
  public DeadLog {
    records = List.copyOf(records);
  }

  /**
   * Reads a crash file; of a kernel that still runs, what is in it at this moment.
   *
   * @throws IOException if it cannot be read, or is none; the message says what is wrong, without
   *     the file's name where that is the file's content
   */
  public static DeadLog read(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      Header header = Header.read(channel);
      ByteBuffer descriptors =
          ByteBuffer.wrap(
                  ImageFile.read(
                      channel,
                      ImageFile.HEADER_BYTES,
                      header.records() * ImageFile.DESCRIPTOR_BYTES))
              .order(ByteOrder.LITTLE_ENDIAN);
      byte[] text =
          ImageFile.read(
              channel, ImageFile.HEADER_BYTES + descriptors.capacity(), header.textBytes());
      TreeMap<Long, LogRecord> whole = new TreeMap<>();
      List<Long> wrong = new ArrayList<>();
      for (int d = 0; d < descriptors.capacity(); d += ImageFile.DESCRIPTOR_BYTES) {
        long seq = descriptors.getLong(d + ImageFile.SEQ) - 1;
        LogRecord record = seq < 0 ? null : record(descriptors, d, seq, text);
        if (record != null) {
          whole.put(seq, record);
        } else if (seq >= 0) {
          wrong.add(seq);
        }
      }
      long newest = whole.isEmpty() ? -1 : whole.lastKey();
      whole.headMap(newest - header.records(), true).clear(); // its successor never got to write
      long gaps = whole.isEmpty() ? 0 : newest - whole.firstKey() + 1 - whole.size();
      long begun = wrong.stream().filter(seq -> seq > newest).count();
      return new DeadLog(
          file,
          header.pid(),
          header.bootWallNanos(),
          header.kernel(),
          header.commandLine(),
          header.state() == Header.HALTED,
          List.copyOf(whole.values()),
          (int) (gaps + begun));
    }
  }

  /** The record, or null if it is not whole. */
  private static LogRecord record(ByteBuffer from, int d, long seq, byte[] text) {
    int position = from.getInt(d + ImageFile.POSITION);
    int length = from.getInt(d + ImageFile.LENGTH);
    if (from.getLong(d + ImageFile.STATE) != ImageFile.DONE
        || (position & 7) != 0
        || position < 0
        || position >= text.length
        || length < 0
        || length > text.length) {
      return null;
    }
    long nanos = from.getLong(d + ImageFile.NANOS);
    long wall = from.getLong(d + ImageFile.WALL);
    long meta = from.getLong(d + ImageFile.META);
    long origin = from.getLong(d + ImageFile.ORIGIN);
    return from.getLong(d + ImageFile.CHECKSUM)
            == ImageFile.checksum(seq, nanos, wall, meta, origin, position, text, length)
        ? LogRecord.restore(seq, nanos, wall, meta, origin, position, text)
        : null;
  }
}
