package jiffy.cli.wire;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Set;

/**
 * Where one kernel keeps its socket, its pid and its console's log.
 *
 * <p>{@code $JIFFY_RUN}, else {@code $XDG_RUNTIME_DIR/jiffy}, else {@code ~/.jiffy/run}. The host
 * holds a lock on the file {@code lock} while it lives, and the system drops it however the host
 * ends: so that lock, not a number in a file, tells whether it lives.
 *
 * @param path the directory, absolute
 */
public record StateDirectory(Path path) {
  /** What a socket address holds, less what the JDK keeps for itself: bytes of its path. */
  private static final int MAX_SOCKET_PATH =
      System.getProperty("os.name", "").startsWith("Mac") ? 102 : 106;

  /** The directory for a client or host with that environment. */
  public static StateDirectory of(Map<String, String> environment) {
    String own = environment.get("JIFFY_RUN");
    if (own != null && !own.isEmpty()) {
      return at(Path.of(own));
    }
    String session = environment.get("XDG_RUNTIME_DIR");
    if (session != null && !session.isEmpty()) {
      return at(Path.of(session, "jiffy"));
    }
    return at(Path.of(System.getProperty("user.home"), ".jiffy", "run"));
  }

  private static StateDirectory at(Path path) {
    return new StateDirectory(path.toAbsolutePath().normalize());
  }

  /** The socket's file. */
  public Path socket() {
    return path.resolve("control.sock");
  }

  /** The host's pid as text. */
  public Path pidFile() {
    return path.resolve("pid");
  }

  /**
   * What the host holds locked. The host itself never opens it a second time: closing that would
   * drop the lock.
   */
  public Path lockFile() {
    return path.resolve("lock");
  }

  /** Held locked by the {@code jiffy boot} whose turn it is. */
  public Path bootLockFile() {
    return path.resolve("boot.lock");
  }

  /** Names the directory of the last kernel here that was booted with {@code pstore=DIR}. */
  public Path pstoreFile() {
    return path.resolve("pstore");
  }

  /** The kernel's console, as a file; {@code console.log.1} is the one before. */
  public Path consoleLog() {
    return path.resolve("console.log");
  }

  /** What a detached host, which has no terminal, says beside the console; and its JVM. */
  public Path hostLog() {
    return path.resolve("host.log");
  }

  /**
   * Makes the directory its owner's alone; makes it if there is none.
   *
   * @throws IOException if that cannot be, or if it is somebody else's: a directory that others may
   *     enter and that has other things in it is not taken from them
   */
  public void makePrivate() throws IOException {
    Set<PosixFilePermission> onlyOwner = PosixFilePermissions.fromString("rwx------");
    if (!Files.isDirectory(path)) {
      Path parent = path.getParent();
      if (parent != null) {
        Files.createDirectories(parent);
      }
      try {
        Files.createDirectory(path, PosixFilePermissions.asFileAttribute(onlyOwner));
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(path)) { // else another host was faster
          throw new NotDirectoryException(path.toString());
        }
      }
    }
    Set<PosixFilePermission> now = Files.getPosixFilePermissions(path);
    if (!now.equals(onlyOwner)) {
      if (!isOurs()) {
        throw new FileSystemException(
            path.toString(),
            null,
            "it has other files in it and mode "
                + PosixFilePermissions.toString(now)
                + ": set JIFFY_RUN to a directory of its own");
      }
      Files.setPosixFilePermissions(path, onlyOwner);
    }
  }

  private boolean isOurs() throws IOException {
    if (Files.exists(lockFile())) {
      return true;
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      return !entries.iterator().hasNext();
    }
  }

  /**
   * The socket's address.
   *
   * @throws IOException if the system takes no path as long as that
   */
  public UnixDomainSocketAddress address() throws IOException {
    int length = socket().toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > MAX_SOCKET_PATH) {
      throw new IOException(
          "the socket's path "
              + socket()
              + " has "
              + length
              + " bytes, a socket address holds "
              + MAX_SOCKET_PATH
              + ": set JIFFY_RUN to a shorter directory");
    }
    return UnixDomainSocketAddress.of(socket());
  }

  /** The pid that was last written, 0 if there is none. */
  public long recordedPid() {
    try {
      return Long.parseLong(Files.readString(pidFile()).trim());
    } catch (IOException | NumberFormatException none) {
      return 0;
    }
  }

  /** Whether another process, a host, holds this directory. */
  public boolean isHeld() {
    // For writing, for only so an exclusive lock can be asked for. Nothing is written.
    try (FileChannel channel = FileChannel.open(lockFile(), StandardOpenOption.WRITE);
        FileLock lock = channel.tryLock()) {
      return lock == null;
    } catch (IOException noSuchFile) {
      return false;
    }
  }
}
