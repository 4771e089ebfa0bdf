package jiffy.runtime.module;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;

/**
 * The drop folder: a JAR that is put there is loaded, one that is removed is unloaded, one that is
 * replaced is reloaded. What was loaded by hand is not touched.
 *
 * <p>A host adapter: two threads of its own, which wait without a deadline while the folder rests,
 * and enter the kernel only as tasks. One waits for the system's word that something has changed,
 * the other looks, lets {@link DropPlan} decide, and has it done. Hidden files, {@code *.part} and
 * whatever else does not end in {@code .jar} are not for us.
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

  private final Path folder;
  private final Kernel kernel;
  private final DropPlan plan = new DropPlan(); // the looking thread's
  private final LinkedBlockingQueue<Runnable> news = new LinkedBlockingQueue<>();
  private final WatchService watch;
  private final WatchKey key;
  private volatile boolean closed;

  private DropFolder(Path folder, Kernel kernel, WatchService watch, WatchKey key) {
    this.folder = folder;
    this.kernel = kernel;
    this.watch = watch;
    this.key = key;
  }

  /**
   * Loads what is there, in the order of the names, and watches from then on. A folder that cannot
   * be watched is reported in the log, and that is all.
   *
   * @return what to close, or null if there is nothing to watch
   */
  public static DropFolder watch(Path folder, Kernel kernel) {
    WatchService watch = null;
    try {
      watch = folder.getFileSystem().newWatchService();
      WatchKey key =
          folder.register(
              watch,
              StandardWatchEventKinds.ENTRY_CREATE,
              StandardWatchEventKinds.ENTRY_DELETE,
              StandardWatchEventKinds.ENTRY_MODIFY);
      DropFolder drop = new DropFolder(folder, kernel, watch, key);
      start("jiffy-plugins-watch", drop::listen);
      start("jiffy-plugins", drop::live);
      return drop;
    } catch (IOException e) {
      kernel.report("plugins: " + folder + " is not watched: " + why(e));
      close(watch);
      return null;
    }
  }

  private static void start(String name, Runnable body) {
    Thread thread = new Thread(body, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** A module was loaded or unloaded by hand: what waited for that is tried again. Any thread. */
  public void retry() {
    news.add(plan::retry);
  }

  private void look() {
    news.add(() -> {});
  }

  /** Turns the system's events into news. */
  private void listen() {
    try {
      while (true) {
        WatchKey changed = watch.take();
        changed.pollEvents();
        boolean there = changed.reset();
        look();
        if (!there) {
          return;
        }
      }
    } catch (ClosedWatchServiceException | InterruptedException end) {
      look();
    }
  }

  private void live() {
    boolean there = true;
    while (!closed) {
      Map<String, DropPlan.Stamp> files = list();
      if (files == null && there) {
        kernel.report("plugins: " + folder + " is gone and not watched any more");
        there = false;
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
        kernel.spawn("insmod", () -> load(load.file()));
      } else if (action instanceof DropPlan.Action.Unload unload) {
        kernel.spawn("rmmod", () -> unload(unload.file(), unload.module()));
      } else if (action instanceof DropPlan.Action.Report report) {
        kernel.report("plugins: " + report.text());
      }
    }
  }

  private void load(String file) {
    Kernel.Loaded loaded = kernel.load(folder.resolve(file));
    news.add(
        () ->
            plan.loaded(
                file, loaded.errno(), loaded.module(), () -> kernel.reason(loaded.errno())));
  }

  private void unload(String file, Object module) {
    int errno = kernel.unload(module);
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
      return key.isValid() && Files.isDirectory(folder) ? files : null;
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
          ? new DropPlan.Stamp(is.size(), is.lastModifiedTime().toMillis(), is.fileKey())
          : null;
    } catch (IOException gone) {
      return null;
    }
  }

  /** Whether the archive's directory, which is at its end, is there and can be read. */
  private boolean isWhole(String file) {
    try (ZipFile archive = new ZipFile(folder.resolve(file).toFile())) {
      return archive.size() >= 0;
    } catch (IOException notYet) {
      return false;
    }
  }

  /** Watches no more; what is loaded stays. */
  @Override
  public void close() {
    closed = true;
    close(watch);
    look();
  }

  private static void close(WatchService watch) {
    try {
      if (watch != null) {
        watch.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException("a watch that cannot be closed", e);
    }
  }

  private static String why(IOException e) {
    if (e instanceof NoSuchFileException) {
      return "No such file or directory";
    }
    return e instanceof NotDirectoryException ? "Not a directory" : String.valueOf(e.getMessage());
  }
}
