package jiffy.cli.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import jiffy.cli.wire.StateDirectory;

/**
 * This process's hold on a state directory: the lock is taken, the pid written, what a killed host
 * left behind is gone.
 */
final class Claim implements AutoCloseable {
  /** Somebody else holds the directory. */
  static final class HeldException extends IOException {
    private static final long serialVersionUID = 1L;

    private HeldException(StateDirectory directory) {
      super(
          "a kernel is already running in "
              + directory.path()
              + ": pid "
              + directory.recordedPid()
              + "; halt it, or set JIFFY_RUN to another directory");
    }
  }

  private static final int TRIES = 20;
  private static final long TRY_NANOS = 10_000_000;

  private final StateDirectory directory;
  private final FileChannel channel;
  private final String replaced;

  private Claim(StateDirectory directory, FileChannel channel, String replaced) {
    this.directory = directory;
    this.channel = channel;
    this.replaced = replaced;
  }

  /**
   * Takes the directory, and makes it if there is none.
   *
   * @throws HeldException if another host lives in it
   * @throws IOException if it cannot be used; the message says which file, and why
   */
  static Claim take(StateDirectory directory) throws IOException {
    directory.makePrivate();
    FileChannel channel = lock(directory);
    try {
      long stalePid = directory.recordedPid();
      boolean staleSocket = Files.deleteIfExists(directory.socket());
      Files.writeString(directory.pidFile(), ProcessHandle.current().pid() + "\n");
      String replaced = null;
      if (staleSocket || stalePid != 0) {
        replaced = "replaced a stale " + (staleSocket ? "socket" : "pid file");
        replaced += stalePid == 0 ? "" : " of pid " + stalePid + ", which was killed";
      }
      return new Claim(directory, channel, replaced);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** What was found and replaced, as a phrase; null if the directory was clean. */
  String replaced() {
    return replaced;
  }

  private static FileChannel lock(StateDirectory directory) throws IOException {
    FileChannel channel =
        FileChannel.open(directory.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    // A client that asks whether the directory is held has the lock itself for a moment.
    for (int i = 0; i < TRIES; i++) {
      if (channel.tryLock() != null) {
        return channel;
      }
      LockSupport.parkNanos(TRY_NANOS);
    }
    channel.close();
    throw new HeldException(directory);
  }

  /**
   * Leaves the directory clean for the next one. The lock file stays: were it deleted, two hosts
   * could hold one each.
   */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(directory.socket());
    Files.deleteIfExists(directory.pidFile());
    channel.close();
  }
}
