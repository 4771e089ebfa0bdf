package jiffy.cli.wire;

import java.nio.ByteBuffer;

/**
 * What the server answers: a sequence of frames, the last of them {@link #EXIT}.
 *
 * <pre>
 *   byte  type      1 = out, 2 = err, 3 = exit, 4 = page
 *   int   length    of the payload, at most {@link #MAX_PAYLOAD}; big endian
 *   byte  payload[length]
 * </pre>
 *
 * <p>Out and err carry bytes for the client's standard output and standard error, exit carries its
 * exit status as an int. This layout and these three types are the same in every version of the
 * protocol, so that a client of any version can show a server's refusal. Page carries nothing: the
 * client is to put what comes after it on standard output through its user's pager.
 */
public final class Frame {
  /** Bytes for standard output. */
  public static final byte OUT = 1;

  /** Bytes for standard error. */
  public static final byte ERR = 2;

  /** The exit status; nothing follows. */
  public static final byte EXIT = 3;

  /** The output goes through a pager; without payload, before the first {@link #OUT}. */
  public static final byte PAGE = 4;

  /** Bytes before the payload. */
  public static final int HEADER = 5;

  /** The longest payload: longer output goes in several frames. */
  public static final int MAX_PAYLOAD = 16 * 1024;

  private Frame() {}

  /** A frame with a piece of output, ready to be written. */
  public static ByteBuffer output(byte type, byte[] bytes, int offset, int length) {
    if (length > MAX_PAYLOAD) {
      throw new IllegalArgumentException(
          "payload of " + length + " bytes: a frame holds at most " + MAX_PAYLOAD);
    }
    ByteBuffer frame = ByteBuffer.allocate(HEADER + length);
    frame.put(type).putInt(length).put(bytes, offset, length);
    return frame.flip();
  }

  /** The frame that ends the answer. */
  public static ByteBuffer exit(int status) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER + Integer.BYTES);
    frame.put(EXIT).putInt(Integer.BYTES).putInt(status);
    return frame.flip();
  }
}
