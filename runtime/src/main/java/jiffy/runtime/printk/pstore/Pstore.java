package jiffy.runtime.printk.pstore;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import jiffy.runtime.printk.ring.RingImage;

/**
 * A directory that keeps a kernel's log beyond its death, {@code pstore=DIR}: {@code ring}, that of
 * the kernel that runs, in a memory-mapped file, {@code crash-DATE-TIME} those of kernels that
 * died, {@code lock} that keeps the directory to one kernel at a time.
 *
 * <p>Follows the idea of Linux's {@code fs/pstore}. Thread safe but for {@link #close}.
 */
public final class Pstore implements AutoCloseable {
  /** Logs of dead kernels that are kept; the oldest go. */
  static final int KEPT = 8;

  private static final int LOCK_TRIES = 1_000;
  private static final String RING = "ring";
  private static final String LOCK = "lock";
  private static final String CRASH = "crash-";
  private static final String UNREADABLE = "unreadable";
  private static final DateTimeFormatter NAME =
      DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /*
   * The lock is the operating system's, which a process gives up when it closes any channel of the file,
   * so a process that holds it must not even try: whether the ring is of a kernel in this JVM shows the
   * number in its header. A pid would not do: in a container each JVM has the same one.
   */

  private static final long THIS_JVM = UUID.randomUUID().getMostSignificantBits();

  private final FileChannel lockFile;
  private final Path directory;
  private final List<String> news = new ArrayList<>();
  private Header header;
  private MappedImage image;

  private Pstore(Path directory, FileChannel lockFile) {
    this.directory = directory;
    this.lockFile = lockFile;
  }

  /**
   * Takes the directory for a kernel; makes it if it is not there. What a dead one has left is kept
   * under another name.
   *
   * @param records descriptors of its ring
   * @param textBytes of its ring
   * @param pid of this JVM
   * @param bootWallNanos now, ns since 1970
   * @throws IOException if that cannot be; the message names the file and the reason
   */
  public static Pstore open(
      Path directory,
      int records,
      int textBytes,
      long pid,
      long bootWallNanos,
      String kernel,
      String commandLine)
      throws IOException {
    Files.createDirectories(directory);
    if (isOfThisJvm(directory.resolve(RING))) {
      throw new IOException(directory + " is another running kernel's, in this JVM");
    }
    FileChannel lockFile =
        ImageFile.open(
            directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (!lock(lockFile)) {
        throw new IOException(directory + " is another running kernel's");
      }
      Pstore pstore = new Pstore(directory, lockFile);
      pstore.keepTheDead();
      pstore.header =
          new Header(
              Header.RUNS, records, textBytes, THIS_JVM, pid, bootWallNanos, kernel, commandLine);
      pstore.begin();
      return pstore;
    } catch (IOException | RuntimeException | Error e) {
      lockFile.close();
      throw e;
    }
  }

  /** Who merely looks whether it is held has it for a moment. */
  private static boolean lock(FileChannel file) throws IOException {
    for (int i = 0; i < LOCK_TRIES; i++) {
      if (tryLock(file)) {
        return true;
      }
      Thread.yield();
    }
    return false;
  }

  private static boolean tryLock(FileChannel file) throws IOException {
    try {
      FileLock lock = file.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) { // just now, by another thread
      return false;
    }
  }

  private void keepTheDead() throws IOException {
    Path ring = directory.resolve(RING);
    if (!Files.exists(ring)) {
      return;
    }
    String name;
    try (FileChannel file = FileChannel.open(ring, StandardOpenOption.READ)) {
      Header dead = Header.read(file); // not the log itself: that may be as large as the memory
      if (dead.state() == Header.HALTED) {
        Files.delete(ring);
        return;
      }
      name = CRASH + NAME.format(instant(dead.bootWallNanos()));
      news.add(
          "pstore: the kernel of pid "
              + dead.pid()
              + " died; its log is kept: 'jiffy pstore' shows it");
    } catch (IOException e) { // half made, or not ours: keep it all the same
      name = CRASH + UNREADABLE;
      news.add("pstore: " + ring + " is " + e.getMessage() + ": kept as " + name);
    }
    Path to = directory.resolve(name);
    for (int n = 2; Files.exists(to); n++) {
      to = directory.resolve(name + "." + n);
    }
    Files.move(ring, to);
    dropTheOldest();
  }

  private void dropTheOldest() throws IOException {
    List<Path> crashes = crashes(directory);
    for (Path old : crashes.subList(0, Math.max(0, crashes.size() - KEPT))) {
      Files.delete(old);
      news.add("pstore: " + old + " is dropped: only " + KEPT + " are kept");
    }
  }

  private void begin() throws IOException {
    Path ring = directory.resolve(RING);
    try {
      image = new MappedImage(ring, header, header.records(), header.textBytes());
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (IOException e) {
      Files.deleteIfExists(ring); // half of it would be in the way
      throw new IOException(ring + ": " + e.getMessage(), e);
    }
  }

  /** Where the ring's records are to be kept. */
  public RingImage image() {
    return image;
  }

  /** What there is to say about the directory, for the log. */
  public List<String> news() {
    return List.copyOf(news);
  }

  /** The kernel is halted in order. */
  @Override
  public void close() {
    image.write(header.halted());
    try {
      lockFile.close();
    } catch (IOException e) {
      return; // the lock goes with the process
    }
  }

  /**
   * The logs of kernels that died, oldest first; one that died last and left its {@code ring} is
   * the last.
   */
  public static List<Path> dead(Path directory) throws IOException {
    List<Path> all = crashes(directory);
    Path ring = directory.resolve(RING);
    if (Files.exists(ring) && !isHeld(directory) && !isHalted(ring)) {
      all.add(ring);
    }
    return all;
  }

  /**
   * The log of the kernel that has the directory, or was halted in order; empty if there is none.
   */
  public static Optional<Path> current(Path directory) {
    return Optional.of(directory.resolve(RING)).filter(Files::exists);
  }

  private static boolean isHalted(Path ring) {
    try (FileChannel file = FileChannel.open(ring, StandardOpenOption.READ)) {
      return Header.read(file).state() == Header.HALTED;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isOfThisJvm(Path ring) {
    try (FileChannel file = FileChannel.open(ring, StandardOpenOption.READ)) {
      Header header = Header.read(file);
      return header.jvm() == THIS_JVM && header.state() == Header.RUNS;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean isHeld(Path directory) throws IOException {
    if (isOfThisJvm(directory.resolve(RING))) {
      return true;
    }
    Path lock = directory.resolve(LOCK);
    if (!Files.exists(lock)) {
      return false;
    }
    try (FileChannel file = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      return !tryLock(file);
    }
  }

  private static List<Path> crashes(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return new ArrayList<>(
          files
              .filter(file -> file.getFileName().toString().startsWith(CRASH))
              .sorted(Comparator.comparing(Pstore::isDated).thenComparing(Path::toString))
              .toList());
    }
  }

  /** Whether its name says when it booted; those that could not be read come first. */
  private static boolean isDated(Path file) {
    return !file.getFileName().toString().startsWith(CRASH + UNREADABLE);
  }

  private static Instant instant(long nanos) {
    return Instant.ofEpochSecond(
        Math.floorDiv(nanos, NANOS_PER_SECOND), Math.floorMod(nanos, NANOS_PER_SECOND));
  }
}
