package jiffy.cli.host;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import jiffy.cli.dmesg.print.PagedStream;
import jiffy.cli.tool.HangUp;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.ProtocolException;
import jiffy.cli.wire.Request;

/**
 * One client: its request as it comes in, and the way back to it.
 *
 * <p>The server's thread reads ({@link #receive}) and says when there is room to write; one tool
 * writes. A tool that writes faster than its client reads waits here, and nobody else with it; when
 * the client goes, the wait ends and each further write fails.
 */
final class Session implements HangUp {
  private final SocketChannel channel;
  private final boolean isPrivileged;
  private final long openedNanos = System.nanoTime();

  /** Held from a frame's first byte to its last. Taken before {@link #lock}. */
  private final ReentrantLock turn = new ReentrantLock();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final List<Runnable> onHangUp = new ArrayList<>(); // guarded by lock

  /** Guarded by lock; once true, nothing is written any more. */
  private volatile boolean gone;

  private SelectionKey key; // set once, before the tool starts
  private Runnable wakeServer; // likewise
  private final ByteBuffer header = ByteBuffer.allocate(Request.HEADER); // server's thread
  private ByteBuffer body; // server's thread
  private boolean asked; // server's thread

  Session(SocketChannel channel, boolean isPrivileged) {
    this.channel = channel;
    this.isPrivileged = isPrivileged;
  }

  /** The server's thread has registered the channel, and is woken like that. */
  void register(SelectionKey key, Runnable wakeServer) {
    this.key = key;
    this.wakeServer = wakeServer;
  }

  /** Whether it is the user's that the kernel belongs to, or root's. */
  boolean isPrivileged() {
    return isPrivileged;
  }

  /** When the client connected, by {@code System.nanoTime}. */
  long openedNanos() {
    return openedNanos;
  }

  /** Whether its request has come in whole. */
  boolean hasAsked() {
    return asked;
  }

  /**
   * Reads what has come.
   *
   * @return the request once, when it is whole; else null
   * @throws ProtocolException if that is no request
   * @throws IOException if the client has gone
   */
  Request receive() throws IOException {
    if (asked) {
      hearNothingMore();
      return null;
    }
    if (body == null) {
      fill(header);
      if (header.hasRemaining()) {
        return null;
      }
      body = ByteBuffer.allocate(Request.bodyLength(header.flip()));
    }
    fill(body);
    if (body.hasRemaining()) {
      return null;
    }
    Request request = Request.decode(body.flip());
    body = null;
    asked = true;
    return request;
  }

  private void fill(ByteBuffer buffer) throws IOException {
    if (buffer.hasRemaining() && channel.read(buffer) < 0) {
      throw new IOException("the client has hung up");
    }
  }

  private void hearNothingMore() throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    fill(one);
    if (!one.hasRemaining()) {
      throw new ProtocolException("bytes after the request");
    }
  }

  /** There may be room to write. By the server's thread. */
  void writable() {
    lock.lock();
    try {
      key.interestOpsAnd(~SelectionKey.OP_WRITE);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** What the tool writes goes to the client's stream of that type. */
  OutputStream stream(byte type) {
    return new PagedStream() {
      @Override
      public void page() throws IOException {
        send(Frame.output(Frame.PAGE, new byte[0], 0, 0));
      }

      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
          int piece = Math.min(length - done, Frame.MAX_PAYLOAD);
          send(Frame.output(type, bytes, offset + done, piece));
          done += piece;
        }
      }
    };
  }

  /** Sends one frame, however long the client takes. */
  void send(ByteBuffer frame) throws IOException {
    turn.lock();
    lock.lock();
    try {
      while (true) {
        if (gone) {
          throw new IOException("the client has hung up");
        }
        channel.write(frame);
        if (!frame.hasRemaining()) {
          return;
        }
        key.interestOpsOr(SelectionKey.OP_WRITE);
        wakeServer.run();
        changed.awaitUninterruptibly();
      }
    } catch (CancelledKeyException closed) {
      throw new IOException("the client has hung up", closed);
    } finally {
      lock.unlock();
      turn.unlock();
    }
  }

  /** Sends as much as the client takes at once; for a refusal, which nobody waits for. */
  void sendAtOnce(ByteBuffer frame) {
    lock.lock();
    try {
      if (!gone) {
        channel.write(frame);
      }
    } catch (IOException clientGone) {
      gone = true;
    } finally {
      lock.unlock();
    }
  }

  /** The connection is over, whoever ended it. A second call does nothing. */
  void hangUp() {
    List<Runnable> actions;
    lock.lock();
    try {
      if (gone && !channel.isOpen()) {
        return;
      }
      gone = true;
      actions = List.copyOf(onHangUp);
      onHangUp.clear();
      changed.signalAll();
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException("a socket that cannot be closed", e);
    } finally {
      lock.unlock();
    }
    for (Runnable action : actions) {
      action.run();
    }
    if (wakeServer != null) {
      wakeServer.run(); // a cancelled key keeps the file open until the next selection
    }
  }

  @Override
  public boolean hasHungUp() {
    return gone;
  }

  @Override
  public void onHangUp(Runnable action) {
    lock.lock();
    try {
      if (!gone) {
        onHangUp.add(action);
        return;
      }
    } finally {
      lock.unlock();
    }
    action.run();
  }
}
