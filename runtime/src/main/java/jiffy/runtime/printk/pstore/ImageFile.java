package jiffy.runtime.printk.pstore;

import java.io.EOFException;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** How a ring lies in a file. */
final class ImageFile {
  /*
   * All numbers little endian.
   *
   *   header        4096 bytes, see Header
   *   descriptors   64 bytes each, as many as the ring has; record n is number n % count
   *   text          the ring's bytes, each record's tags and text where the ring has them
   *
   *   descriptor:  | seq + 1 | nanos | wall | meta | origin | position, length | checksum | state |
   *
   * A writer sets WRITING and the number, then text and fields, then the checksum over all of them, then
   * DONE. Nothing of that is ordered for a disk that loses power: it is for a process that dies, whose
   * stores the operating system keeps. So a record is whole if it is DONE and its checksum is right; one
   * that is not, but is newer than the oldest whole one, was being written. Older ones that are wrong
   * have been overwritten: that goes from the oldest on, so what is whole is the end of the log.
   */

  static final int HEADER_BYTES = 4096;
  static final int DESCRIPTOR_BYTES = 64;

  static final int SEQ = 0;
  static final int NANOS = 8;
  static final int WALL = 16;
  static final int META = 24;
  static final int ORIGIN = 32;
  static final int POSITION = 40;
  static final int LENGTH = 44;
  static final int CHECKSUM = 48;
  static final int STATE = 56;

  static final long WRITING = 1;
  static final long DONE = 2;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private ImageFile() {}

  static long size(int records, int textBytes) {
    return HEADER_BYTES + (long) records * DESCRIPTOR_BYTES + textBytes;
  }

  static long checksum(
      long seq,
      long nanos,
      long wall,
      long meta,
      long origin,
      int position,
      byte[] ring,
      int length) {
    long sum = mix(mix(mix(mix(mix(seq + 1, nanos), wall), meta), origin), position);
    int mask = ring.length - 1;
    int left = length;
    for (int at = position; left > 0; at = at + 8 & mask, left -= 8) {
      long word = (long) LONGS.get(ring, at);
      sum = mix(sum, left >= 8 ? word : word & (1L << 8 * left) - 1);
    }
    return mix(sum, length);
  }

  private static long mix(long sum, long word) {
    long mixed = (sum ^ word) * 0x9e37_79b9_7f4a_7c15L; // 2^64 / golden ratio, odd
    return mixed ^ mixed >>> 32;
  }

  /**
   * Opens a file that, if it is made, is its owner's alone: the log may hold what others shall not
   * see.
   */
  static FileChannel open(Path file, OpenOption... options) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    if (!Files.getFileStore(directory).supportsFileAttributeView(PosixFileAttributeView.class)) {
      return FileChannel.open(file, options);
    }
    return FileChannel.open(
        file,
        Set.of(options),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  static byte[] read(FileChannel channel, long from, int count) throws IOException {
    ByteBuffer to = ByteBuffer.allocate(count);
    while (to.hasRemaining()) {
      if (channel.read(to, from + to.position()) < 0) {
        throw new EOFException("cut off at " + (from + to.position()) + " bytes");
      }
    }
    return to.array();
  }
}
