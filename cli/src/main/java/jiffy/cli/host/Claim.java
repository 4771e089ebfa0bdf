package jiffy.cli.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
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
    makePrivate(directory.path());
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

  private static void makePrivate(Path path) throws IOException {
    var onlyOwner = PosixFilePermissions.fromString("rwx------");
    if (!Files.isDirectory(path)) {
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(onlyOwner));
    }
    if (!Files.getPosixFilePermissions(path).equals(onlyOwner)) {
      Files.setPosixFilePermissions(path, onlyOwner);
    }
  }

  private static FileChannel lock(StateDirectory directory) throws IOException {
    FileChannel channel =
        FileChannel.open(directory.lockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      channel.close();
      throw new HeldException(directory);
    }
    return channel;
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
