package jiffy.runtime.printk.pstore;

import static jiffy.runtime.printk.pstore.ImageFile.DESCRIPTOR_BYTES;
import static jiffy.runtime.printk.pstore.ImageFile.HEADER_BYTES;

import java.io.IOException;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import jiffy.runtime.printk.ring.RingImage;

/**
 * The image of a ring in a memory-mapped file: see {@link ImageFile}. Thread safe.
 *
 * <p>Nobody may cut the file while the kernel runs: the JVM answers a store beyond its end with an
 * InternalError, some time later, in whatever the printing thread does then.
 */
final class MappedImage implements RingImage {
  private static final int CHUNK_BYTES = 1 << 20;

  private final MappedByteBuffer header;
  private final MappedByteBuffer descriptors;
  private final MappedByteBuffer text;
  private final int records;

  /**
   * Makes the file, all of it: a disk that is full is found now, not by the store that meets it.
   *
   * @param records of the ring, a power of two
   * @param textBytes of the ring
   */
  MappedImage(Path file, Header start, int records, int textBytes) throws IOException {
    this.records = records;
    try (FileChannel channel =
        ImageFile.open(
            file,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE)) {
      fill(channel, ImageFile.size(records, textBytes));
      header = map(channel, 0, HEADER_BYTES);
      descriptors = map(channel, HEADER_BYTES, (long) records * DESCRIPTOR_BYTES);
      text = map(channel, HEADER_BYTES + (long) records * DESCRIPTOR_BYTES, textBytes);
    }
    write(start);
  }

  private static void fill(FileChannel channel, long bytes) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocateDirect(CHUNK_BYTES);
    for (long at = 0; at < bytes; ) {
      zeros.clear().limit((int) Math.min(CHUNK_BYTES, bytes - at));
      at += channel.write(zeros, at);
    }
  }

  private static MappedByteBuffer map(FileChannel channel, long from, long bytes)
      throws IOException {
    MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, from, bytes);
    map.order(ByteOrder.LITTLE_ENDIAN);
    return map;
  }

  @Override
  public void store(
      long seq,
      long nanos,
      long wallNanos,
      long meta,
      long origin,
      int position,
      byte[] ring,
      int length) {
    int d = ((int) seq & records - 1) * DESCRIPTOR_BYTES;
    descriptors.putLong(d + ImageFile.STATE, ImageFile.WRITING);
    descriptors.putLong(d + ImageFile.SEQ, seq + 1);
    VarHandle.storeStoreFence();
    int first = Math.min(length, ring.length - position);
    text.put(position, ring, position, first);
    text.put(0, ring, 0, length - first);
    descriptors.putLong(d + ImageFile.NANOS, nanos);
    descriptors.putLong(d + ImageFile.WALL, wallNanos);
    descriptors.putLong(d + ImageFile.META, meta);
    descriptors.putLong(d + ImageFile.ORIGIN, origin);
    descriptors.putInt(d + ImageFile.POSITION, position);
    descriptors.putInt(d + ImageFile.LENGTH, length);
    descriptors.putLong(
        d + ImageFile.CHECKSUM,
        ImageFile.checksum(seq, nanos, wallNanos, meta, origin, position, ring, length));
    VarHandle.storeStoreFence();
    descriptors.putLong(d + ImageFile.STATE, ImageFile.DONE);
  }

  /** Says something else about the kernel, {@link Header#HALTED} for one. */
  void write(Header now) {
    header.put(0, now.bytes());
  }
}
