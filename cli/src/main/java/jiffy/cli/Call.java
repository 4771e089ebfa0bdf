package jiffy.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import jiffy.cli.dmesg.print.PagedStream;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.ProtocolException;
import jiffy.cli.wire.Request;

/** One command sent to a kernel, and its answer copied out. One thread. */
final class Call implements AutoCloseable {
  /** The reader of our standard output has gone. */
  static final class BrokenPipeException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenPipeException(IOException cause) {
      super(cause);
    }
  }

  private final SocketChannel channel;
  private final ByteBuffer in = ByteBuffer.allocate(Frame.HEADER + Frame.MAX_PAYLOAD).limit(0);

  private Call(SocketChannel channel) {
    this.channel = channel;
  }

  /**
   * Connects.
   *
   * @return null if nobody listens there
   */
  static Call connect(UnixDomainSocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      channel.connect(address);
      return new Call(channel);
    } catch (IOException nobody) {
      channel.close();
      return null;
    }
  }

  /**
   * Sends the request and copies the answer.
   *
   * @return the exit status
   * @throws EOFException if the kernel ended before its answer did
   * @throws BrokenPipeException if our own output cannot be written
   */
  int run(Request request, OutputStream out, OutputStream err) throws IOException {
    ByteBuffer bytes = request.encode();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException refusedEarly) {
      // Why is in what can still be read.
    }
    while (true) {
      need(Frame.HEADER);
      byte type = in.get();
      int length = in.getInt();
      if (length < 0 || length > Frame.MAX_PAYLOAD) {
        throw new ProtocolException("a frame of " + length + " bytes came from the kernel");
      }
      need(length);
      if (type == Frame.EXIT) {
        return in.getInt();
      }
      if (type == Frame.PAGE && out instanceof PagedStream paged) {
        paged.page();
      }
      copy(length, type == Frame.ERR ? err : out);
    }
  }

  private void copy(int length, OutputStream to) throws IOException {
    try {
      to.write(in.array(), in.position(), length);
      to.flush();
    } catch (IOException e) {
      throw new BrokenPipeException(e);
    }
    in.position(in.position() + length);
  }

  /** Makes at least that many bytes ready to be read. */
  private void need(int count) throws IOException {
    if (in.remaining() >= count) {
      return;
    }
    in.compact();
    while (in.position() < count) {
      int got;
      try {
        got = channel.read(in);
      } catch (IOException reset) {
        got = -1;
      }
      if (got < 0) {
        throw new EOFException();
      }
    }
    in.flip();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
