package jiffy.runtime.proc;

import static jiffy.linux.Errno.EACCES;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Fs.FMODE_WRITE;
import static jiffy.linux.Fs.O_RDONLY;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import jiffy.runtime.context.Context;

/**
 * The files of a kernel, by full path: those of the kernel itself, each of which makes its text
 * when it is opened, those of modules, and those of other sources. Thread safe.
 */
public final class ProcTree {
  private static final int PAGE = 4096;
  private static final int READ_ONLY = 0444;
  private static final int DIRECTORY_MODE = 0555;

  /**
   * What is in a directory.
   *
   * @param name without the directory's
   */
  public record Entry(String name, boolean isDirectory, int mode) {}

  private final Map<String, Supplier<String>> files = new ConcurrentSkipListMap<>();
  private final List<FileSource> sources = new CopyOnWriteArrayList<>();
  private final ModuleFiles ofModules;

  /** A tree with no file of the kernel yet. */
  public ProcTree(ModuleFiles ofModules) {
    this.ofModules = ofModules;
  }

  /**
   * Adds a file that can be read.
   *
   * @param path absolute: {@code /proc/uptime}
   * @param text makes the whole content; called at each open, by the reader
   */
  public void register(String path, Supplier<String> text) {
    files.put(path, text);
    ofModules.reserve(path);
  }

  /** Adds files that come and go; no other file has their paths, nor those that it has now. */
  public void register(FileSource source) {
    sources.add(source);
    source.list().forEach(ofModules::reserve);
  }

  /** {@code open} for reading. */
  public OpenFile open(Context caller, String path) {
    return open(caller, path, O_RDONLY);
  }

  /**
   * {@code open}: for a user, who closes it. Process context.
   *
   * @param flags {@code O_RDONLY} and so on of {@link jiffy.linux.Fs}
   * @return the file; one whose {@link OpenFile#error} is not 0 could not be opened:
   *     <ul>
   *       <li>-ENOENT: there is none
   *       <li>-EISDIR: it is a directory
   *       <li>-EACCES: its mode does not let its owner do that, and every user is its owner
   *       <li>or what its module says
   *     </ul>
   */
  public OpenFile open(Context caller, String path, int flags) {
    Supplier<String> file = files.get(path);
    if (file != null) {
      return (ModuleFile.modeOf(flags) & FMODE_WRITE) != 0
          ? OpenFile.failed(-EACCES)
          : new TextFile(file.get().getBytes(StandardCharsets.UTF_8));
    }
    for (FileSource source : sources) {
      OpenFile found = source.open(caller, path, flags);
      if (found != null) {
        return found;
      }
    }
    OpenFile found = ofModules.open(caller, path, flags);
    return found.error() == -ENOENT && isDirectory(path) ? OpenFile.failed(-EISDIR) : found;
  }

  private boolean isDirectory(String path) {
    return entries(path).isPresent();
  }

  /**
   * What is in a directory, sorted by name.
   *
   * @param path with or without a slash at its end; {@code /} is the root
   * @return empty if there is no such directory
   */
  public Optional<List<Entry>> entries(String path) {
    String directory = path.endsWith("/") ? path : path + "/";
    Map<String, Entry> found = new TreeMap<>();
    boolean isThere = addDirectories(directory, found);
    for (String file : list()) {
      if (file.startsWith(directory)) {
        String name = file.substring(directory.length());
        int slash = name.indexOf('/');
        isThere = true;
        found.computeIfAbsent(
            slash < 0 ? name : name.substring(0, slash),
            child -> new Entry(child, slash >= 0, slash < 0 ? mode(file) : DIRECTORY_MODE));
      }
    }
    return isThere ? Optional.of(List.copyOf(found.values())) : Optional.empty();
  }

  /** Those that may have no file in them. @return whether the directory itself is one or has one */
  private boolean addDirectories(String directory, Map<String, Entry> found) {
    List<String> all = new ArrayList<>(ofModules.directories());
    sources.forEach(source -> all.addAll(source.directories()));
    boolean isThere = false;
    for (String each : all) {
      if ((each + "/").startsWith(directory)) {
        isThere = true;
        String name = each.length() < directory.length() ? "" : each.substring(directory.length());
        if (!name.isEmpty()) {
          String child = name.substring(0, (name + "/").indexOf('/'));
          found.put(child, new Entry(child, true, DIRECTORY_MODE));
        }
      }
    }
    return isThere;
  }

  private int mode(String file) {
    if (files.containsKey(file)) {
      return READ_ONLY;
    }
    return sources.stream()
        .mapToInt(source -> source.mode(file))
        .filter(mode -> mode != 0)
        .findFirst()
        .orElseGet(() -> ofModules.mode(file));
  }

  /**
   * The file's text from beginning to end; empty if it cannot be read. For files that end: a
   * module's may not.
   */
  public Optional<String> read(Context caller, String path) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (OpenFile file = open(caller, path)) {
      byte[] page = new byte[PAGE];
      long got = file.error() != 0 ? -EINVAL : file.read(caller, page, PAGE);
      while (got > 0) {
        text.write(page, 0, (int) got);
        got = file.read(caller, page, PAGE);
      }
      return got < 0 ? Optional.empty() : Optional.of(text.toString(StandardCharsets.UTF_8));
    }
  }

  /** As above, of the kernel's own files only. */
  public Optional<String> read(String path) {
    Supplier<String> file = files.get(path);
    return file == null ? Optional.empty() : Optional.of(file.get());
  }

  /** All paths of files, sorted. */
  public List<String> list() {
    List<String> paths = new ArrayList<>(files.keySet());
    paths.addAll(ofModules.list());
    sources.forEach(source -> paths.addAll(source.list()));
    paths.sort(null);
    return paths;
  }
}
