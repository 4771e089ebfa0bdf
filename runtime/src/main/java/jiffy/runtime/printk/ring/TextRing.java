package jiffy.runtime.printk.ring;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The bytes of a {@link LogRing}: what goes over the end goes on at the beginning. Who may touch
 * which of them is the ring's affair.
 */
final class TextRing {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  final byte[] bytes;

  /** Makes a ring of zeros; the capacity is a power of two. */
  TextRing(int capacity) {
    bytes = new byte[capacity];
  }

  void put(int position, byte[] text, int from, int length) {
    int at = position & bytes.length - 1;
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(text, from, bytes, at, first);
    if (first < length) {
      System.arraycopy(text, from + first, bytes, 0, length - first);
    }
  }

  void get(int position, byte[] to, int length) {
    int at = position & bytes.length - 1;
    int first = Math.min(length, bytes.length - at);
    System.arraycopy(bytes, at, to, 0, first);
    System.arraycopy(bytes, 0, to, first, length - first);
  }

  /** Puts a number at a multiple of 8. */
  void putLong(int position, long value) {
    LONGS.set(bytes, position & bytes.length - 1, value);
  }

  /** The number at a multiple of 8. */
  long getLong(int position) {
    return (long) LONGS.get(bytes, position & bytes.length - 1);
  }
}
