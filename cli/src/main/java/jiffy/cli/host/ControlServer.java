package jiffy.cli.host;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.ProtocolException;
import jiffy.cli.wire.Request;

/**
 * Listens on the control socket and starts a task for each command.
 *
 * <p>One thread waits for all clients, in the selector, without a deadline while every client that
 * is there has sent its request; so an idle server does not wake up. It never waits for a client:
 * what a tool writes, the tool's own task sends.
 */
final class ControlServer implements AutoCloseable {
  /** Runs a command to its end, on a thread of its own. */
  @FunctionalInterface
  interface Commands {
    /** Starts the command and returns at once. Its end is told to {@code finish}, once. */
    void start(Request request, Session session, IntConsumer finish);
  }

  /** More connections than this at once are told to come later. */
  static final int MAX_SESSIONS = 256;

  /** How long a client that has connected may take to say what it wants. */
  private static final long REQUEST_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** After a connection has failed, most likely for want of file descriptors: 1 s. */
  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Commands commands;
  private final Privilege privilege;
  private final Function<SocketChannel, UserPrincipal> peers;

  /** Not the selector itself: select() holds that one's monitor. */
  private final Object selectorGuard = new Object();

  private final Selector selector;
  private final ServerSocketChannel listener;

  /** When to accept again after it has failed, as {@code System.nanoTime}. Server's thread. */
  private long acceptNanos;

  private boolean isDeaf; // server's thread
  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final Thread thread;
  private volatile boolean closing;

  private ControlServer(
      Commands commands,
      Privilege privilege,
      Function<SocketChannel, UserPrincipal> peers,
      Selector selector,
      ServerSocketChannel listener) {
    this.commands = commands;
    this.privilege = privilege;
    this.peers = peers;
    this.selector = selector;
    this.listener = listener;
    this.thread = new Thread(this::serve, "jiffy-control");
    thread.setDaemon(true);
  }

  /** Opens the socket, mode 0600, and starts to listen. Nothing may be there in its place. */
  static ControlServer open(UnixDomainSocketAddress address, Commands commands) throws IOException {
    return open(address, commands, Privilege::peerOf);
  }

  /**
   * As above.
   *
   * @param peers tells whose client is at the other end; null: the OS does not say
   */
  static ControlServer open(
      UnixDomainSocketAddress address,
      Commands commands,
      Function<SocketChannel, UserPrincipal> peers)
      throws IOException {
    Selector selector = Selector.open();
    ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    Privilege privilege;
    try {
      listener.bind(address);
      Path file = address.getPath();
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
      privilege = Privilege.overFile(file);
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
    } catch (IOException e) {
      listener.close();
      selector.close();
      throw e;
    }
    ControlServer server = new ControlServer(commands, privilege, peers, selector, listener);
    server.thread.start();
    return server;
  }

  private void finish(Session session, int status) {
    try {
      session.send(Frame.exit(status));
    } catch (IOException clientGone) {
      // It has its own reasons, and nobody to tell them to.
    }
    end(session);
  }

  private void serve() {
    try {
      while (!closing) {
        selector.select(millis(Math.min(dismissOverdue(), hearAgain())));
        for (SelectionKey key : selector.selectedKeys()) {
          handle(key);
        }
        selector.selectedKeys().clear();
      }
    } catch (IOException e) {
      System.err.println("jiffy: the control socket is out of use: " + e.getMessage());
    }
    for (Session session : sessions) {
      end(session);
    }
    closeSockets();
  }

  private void closeSockets() {
    synchronized (selectorGuard) {
      try (selector;
          listener) {
        closing = true;
      } catch (IOException e) {
        System.err.println("jiffy: the control socket cannot be closed: " + e.getMessage());
      }
    }
  }

  /** Lets the server's thread look again; a closed selector must not be woken. */
  private void wake() {
    synchronized (selectorGuard) {
      if (selector.isOpen()) {
        selector.wakeup();
      }
    }
  }

  /**
   * Ends the sessions that have been too long about their request.
   *
   * @return nanoseconds until the next one is due
   */
  private long dismissOverdue() {
    long now = System.nanoTime();
    long nearest = Long.MAX_VALUE;
    for (Session session : sessions) {
      if (!session.hasAsked()) {
        long left = REQUEST_NANOS - (now - session.openedNanos());
        if (left <= 0) {
          refuse(session, "no request came");
        } else {
          nearest = Math.min(nearest, left);
        }
      }
    }
    return nearest;
  }

  /** For select(): at least 1; 0 is without a deadline. */
  private static long millis(long nanos) {
    return nanos == Long.MAX_VALUE ? 0 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  /** Accepts again if the pause is over. @return nanoseconds until it is */
  private long hearAgain() {
    if (!isDeaf) {
      return Long.MAX_VALUE;
    }
    long left = acceptNanos - System.nanoTime();
    if (left > 0) {
      return left;
    }
    isDeaf = false;
    listener.keyFor(selector).interestOps(SelectionKey.OP_ACCEPT);
    return Long.MAX_VALUE;
  }

  /** Whoever knocks is still there: without a pause, it would be tried again at once, for ever. */
  private void pause() {
    isDeaf = true;
    acceptNanos = System.nanoTime() + PAUSE_NANOS;
    listener.keyFor(selector).interestOps(0);
  }

  private void handle(SelectionKey key) {
    try {
      if (!key.isValid()) {
        return;
      }
      if (key.isAcceptable()) {
        accept();
        return;
      }
      Session session = (Session) key.attachment();
      if (key.isWritable()) {
        session.writable();
      }
      if (key.isReadable()) {
        read(session);
      }
    } catch (CancelledKeyException closedMeanwhile) {
      // Its session has ended; there is nothing to be done for it.
    }
  }

  private void accept() {
    try {
      SocketChannel channel = listener.accept();
      if (channel == null) {
        return;
      }
      channel.configureBlocking(false);
      Session session = new Session(channel, privilege.has(peers.apply(channel)));
      sessions.add(session);
      session.register(channel.register(selector, SelectionKey.OP_READ, session), this::wake);
      if (sessions.size() > MAX_SESSIONS) {
        refuse(session, MAX_SESSIONS + " commands are running: end some first");
      }
    } catch (IOException e) {
      System.err.println("jiffy: control socket: a connection failed: " + e.getMessage());
      pause();
    }
  }

  private void read(Session session) {
    try {
      Request request = session.receive();
      if (request != null) {
        commands.start(request, session, status -> finish(session, status));
      }
    } catch (ProtocolException e) {
      if (session.hasAsked()) {
        end(session); // a tool is writing: no sentence may get in between
      } else {
        refuse(session, e.getMessage());
      }
    } catch (IOException clientGone) {
      end(session);
    } catch (RuntimeException | OutOfMemoryError e) {
      refuse(session, "the command could not be started: " + e);
    }
  }

  private void refuse(Session session, String sentence) {
    byte[] text = ("jiffy: " + sentence + "\n").getBytes(StandardCharsets.UTF_8);
    session.sendAtOnce(Frame.output(Frame.ERR, text, 0, text.length));
    session.sendAtOnce(Frame.exit(1));
    end(session);
  }

  private void end(Session session) {
    session.hangUp();
    sessions.remove(session);
    synchronized (sessions) {
      sessions.notifyAll();
    }
  }

  /** Waits until no command runs, but not longer than that. */
  void awaitEnds(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    synchronized (sessions) {
      long left = millis;
      while (!sessions.isEmpty() && left > 0) {
        try {
          sessions.wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return;
        }
        left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      }
    }
  }

  /** Stops listening, hangs up on everybody, and returns when that has been done. */
  @Override
  public void close() {
    closing = true;
    wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
