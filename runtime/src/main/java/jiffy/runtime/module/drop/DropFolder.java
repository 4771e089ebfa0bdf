package jiffy.runtime.module.drop;

import com.google.common.base.Suppliers;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.zip.ZipFile;
import jiffy.linux.Errno;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;

/**
 * The drop folder: a JAR that is put there is loaded, one that is removed is unloaded, one that is
 * replaced is reloaded. What was loaded by hand is not touched.
 *
 * <p>A host adapter: two threads of its own, which wait without a deadline while the folder rests,
 * and enter the kernel only as tasks. One waits for the system's word that something has changed,
 * the other looks, lets {@link DropPlan} decide, and has it done. Hidden files, {@code *.part} and
 * whatever else does not end in {@code .jar} are not for us.
 *
 * <p>The folder may go, be moved away and be made again: what was in it is unloaded, and what is in
 * the new one loaded. A watch follows the directory, not its name, so the directory above is
 * watched as well, or the nearest one above that there is.
 */
public final class DropFolder implements AutoCloseable {
  /** What the folder asks of the kernel. */
  public interface Kernel {
    /**
     * What came of a load.
     *
     * @param errno 0 or negative
     * @param module for {@link #unload}, if it is 0; tells this load from any later one
     */
    record Loaded(int errno, Object module) {}

    /** Runs this as a task of the kernel; does not wait for it. */
    void spawn(String name, Runnable body);

    /** Loads a file; in a task. */
    Loaded load(Path file);

    /**
     * Unloads what a load gave; in a task.
     *
     * @return 0, -ENOENT if that is not loaded any more, or why it cannot be
     */
    int unload(Object module);

    /** An errno in words: {@code "Invalid module format"}. */
    String reason(int errno);

    /** Puts a line into the log. */
    void report(String line);
  }

  private static final Kernel.Loaded NO_TASK = new Kernel.Loaded(-Errno.ENOMEM, null);

  private final Path folder;
  private final Kernel kernel;
  private final DropPlan plan = new DropPlan(this::facts); // the looking thread's, as the next two
  private final Supplier<HostClasses> hostClasses = Suppliers.memoize(HostClasses::new);
  private boolean mustList = true;
  private final LinkedBlockingQueue<Runnable> news = new LinkedBlockingQueue<>();
  private final WatchService watch;
  private final Object guard = new Object();
  private WatchKey folderKey; // guarded by guard, as the next two; null: there is no folder
  private Object folderIdentity;
  private WatchKey aboveKey; // of the nearest directory above that is there
  private volatile boolean closed;

  private DropFolder(Path folder, Kernel kernel, WatchService watch) {
    this.folder = folder.toAbsolutePath();
    this.kernel = kernel;
    this.watch = watch;
  }

  /**
   * Loads what is there, in the order of the names, and watches from then on. A folder that is not
   * there is reported in the log, and waited for.
   *
   * @return what to close, or null if this system can watch nothing, which the log then says
   */
  public static DropFolder watch(Path folder, Kernel kernel) {
    try {
      DropFolder drop = new DropFolder(folder, kernel, folder.getFileSystem().newWatchService());
      drop.follow();
      start("jiffy-plugins-watch", drop::listen);
      start("jiffy-plugins", drop::live);
      return drop;
    } catch (IOException e) {
      kernel.report("plugins: " + folder + " is not watched: " + e.getMessage());
      return null;
    }
  }

  private static void start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** A module was loaded by hand: what waited for its symbols is tried again. Any thread. */
  public void came() {
    news.add(plan::came);
  }

  /** A module was unloaded by hand: what waited for its name is tried again. Any thread. */
  public void went() {
    news.add(plan::went);
  }

  private void look() {
    news.add(() -> mustList = true);
  }

  /** Turns the system's events into news. */
  private void listen() {
    try {
      while (true) {
        WatchKey changed = watch.take();
        boolean ours = concernsUs(changed, changed.pollEvents());
        boolean there = changed.reset();
        if (ours || !there) {
          follow();
          look();
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException end) {
      look();
    }
  }

  /** Above the folder, only what is on the way to it does. */
  private boolean concernsUs(WatchKey changed, List<WatchEvent<?>> events) {
    Path directory = (Path) changed.watchable();
    return directory.equals(folder)
        || events.stream()
            .map(WatchEvent::context)
            .anyMatch(
                name -> !(name instanceof Path path) || folder.startsWith(directory.resolve(path)));
  }

  /** Watches what bears the folder's name now, and the directory above it. */
  private void follow() {
    synchronized (guard) {
      followAbove();
      Object identity = identity(folder);
      if (folderKey != null && folderKey.isValid() && Objects.equals(identity, folderIdentity)) {
        return;
      }
      if (folderKey != null) {
        folderKey.cancel();
        folderKey = null;
      }
      boolean isNew = identity != null && !identity.equals(folderIdentity);
      folderIdentity = identity;
      try {
        if (Files.isDirectory(folder)) {
          folderKey =
              folder.register(
                  watch,
                  StandardWatchEventKinds.ENTRY_CREATE,
                  StandardWatchEventKinds.ENTRY_DELETE,
                  StandardWatchEventKinds.ENTRY_MODIFY);
        }
      } catch (IOException e) {
        if (isNew && Files.isDirectory(folder)) {
          kernel.report("plugins: " + folder + " is not watched: " + e.getMessage());
        } // else it is gone again
      }
    }
  }

  /** The nearest one that is there; registering it a second time gives the same key. */
  private void followAbove() {
    Path above = folder.getParent();
    while (above != null && !Files.isDirectory(above)) {
      above = above.getParent();
    }
    WatchKey key = null;
    try {
      if (above != null) {
        key =
            above.register(
                watch, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
      }
    } catch (IOException notForUs) {
      // Then a folder that is made again is not noticed, as long as nothing else is
    }
    if (aboveKey != null && !aboveKey.equals(key)) {
      aboveKey.cancel();
    }
    aboveKey = key;
  }

  private static Object identity(Path file) {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (IOException notThere) {
      return null;
    }
  }

  private void live() {
    boolean there = true;
    Map<String, DropPlan.Stamp> files = null;
    while (!closed) {
      boolean isDue = plan.nextLookNanos() <= System.nanoTime();
      if (mustList || isDue) { // not after each of a thousand loads
        mustList = false;
        files = list();
      }
      if (there != (files != null)) {
        there = !there;
        kernel.report(
            "plugins: " + folder + (there ? " is there" : " is not there: waiting for it"));
      }
      // What was in a folder that is gone is gone too.
      act(plan.look(System.nanoTime(), files == null ? Map.of() : files, this::isWhole));
      hear();
    }
  }

  /** Waits for news or the plan's deadline, and takes in all there is. */
  private void hear() {
    long deadline = plan.nextLookNanos();
    try {
      Runnable first =
          deadline == DropPlan.NEVER
              ? news.take()
              : news.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      for (Runnable next = first; next != null; next = news.poll()) {
        next.run();
      }
    } catch (InterruptedException notOurs) {
      closed = true;
    }
  }

  private void act(List<DropPlan.Action> actions) {
    for (DropPlan.Action action : actions) {
      if (action instanceof DropPlan.Action.Load load) {
        spawn("insmod", () -> load(load.file()), () -> loaded(load.file(), NO_TASK));
      } else if (action instanceof DropPlan.Action.Unload unload) {
        spawn(
            "rmmod",
            () -> unload(unload.file(), unload.module()),
            () -> unloaded(unload.file(), NO_TASK.errno()));
      } else if (action instanceof DropPlan.Action.Report report) {
        kernel.report("plugins: " + report.text());
      }
    }
  }

  private void spawn(String name, Runnable body, Runnable noThread) {
    try {
      kernel.spawn(name, body);
    } catch (IllegalStateException none) {
      noThread.run();
    }
  }

  private void load(String file) {
    Kernel.Loaded loaded = new Kernel.Loaded(-Errno.EFAULT, null);
    try {
      loaded = kernel.load(folder.resolve(file));
    } finally { // whatever it throws: the plan waits for an end
      loaded(file, loaded);
    }
  }

  private void loaded(String file, Kernel.Loaded loaded) {
    news.add(
        () ->
            plan.loaded(
                file, loaded.errno(), loaded.module(), () -> kernel.reason(loaded.errno())));
  }

  private void unload(String file, Object module) {
    int errno = -Errno.EFAULT;
    try {
      errno = kernel.unload(module);
    } finally {
      unloaded(file, errno);
    }
  }

  private void unloaded(String file, int errno) {
    news.add(() -> plan.unloaded(file, errno, () -> kernel.reason(errno)));
  }

  /** The candidates; null if there is no folder. */
  private Map<String, DropPlan.Stamp> list() {
    Map<String, DropPlan.Stamp> files = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path entry : entries) {
        String name = entry.getFileName().toString();
        DropPlan.Stamp stamp = isCandidate(name) ? stamp(entry) : null;
        if (stamp != null) {
          files.put(name, stamp);
        }
      }
      return files;
    } catch (IOException | java.nio.file.DirectoryIteratorException e) {
      return Files.isDirectory(folder) ? files : null;
    }
  }

  private static boolean isCandidate(String name) {
    return name.endsWith(".jar") && !name.startsWith(".") && !name.startsWith("~");
  }

  /** Null if that is no file, or none any more. */
  private static DropPlan.Stamp stamp(Path file) {
    try {
      BasicFileAttributes is = Files.readAttributes(file, BasicFileAttributes.class);
      return is.isRegularFile()
          ? new DropPlan.Stamp(
              is.size(),
              is.lastModifiedTime().toMillis(),
              List.of(String.valueOf(is.fileKey()), Files.isReadable(file)))
          : null;
    } catch (IOException gone) {
      return null;
    }
  }

  /**
   * Whether the archive's directory, which is at its end, is there. What we may not read is left to
   * the loader, to say so.
   */
  private boolean isWhole(String file) {
    if (!Files.isReadable(folder.resolve(file))) {
      return true;
    }
    try (ZipFile archive = new ZipFile(folder.resolve(file).toFile())) {
      return archive.size() >= 0;
    } catch (IOException notYet) {
      return false;
    }
  }

  private DropOrder.Facts facts(String file) {
    try {
      return DropOrder.Facts.of(ModuleFile.read(folder.resolve(file), file, hostClasses.get()));
    } catch (BadModuleException e) {
      return DropOrder.Facts.NONE; // the loader says what is wrong with it
    }
  }

  /** Watches no more; what is loaded stays. */
  @Override
  public void close() {
    closed = true;
    try {
      watch.close();
    } catch (IOException e) {
      throw new IllegalStateException("a watch that cannot be closed", e);
    }
    look();
  }
}
