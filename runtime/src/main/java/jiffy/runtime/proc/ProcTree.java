package jiffy.runtime.proc;

import static jiffy.linux.Errno.EINVAL;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;
import jiffy.runtime.context.Context;

/**
 * The readable files of a kernel, by full path: those of the kernel itself, each of which makes its
 * text when it is opened, and those of modules. Thread safe.
 */
public final class ProcTree {
  private static final int PAGE = 4096;

  private final Map<String, Supplier<String>> files = new ConcurrentSkipListMap<>();
  private final ModuleFiles ofModules;

  /** A tree with no file of the kernel yet. */
  public ProcTree(ModuleFiles ofModules) {
    this.ofModules = ofModules;
  }

  /**
   * Adds a file.
   *
   * @param path absolute: {@code /proc/uptime}
   * @param text makes the whole content; called at each open, by the reader
   */
  public void register(String path, Supplier<String> text) {
    files.put(path, text);
    ofModules.reserve(path);
  }

  /**
   * {@code open}: for a reader, who closes it. Process context.
   *
   * @return the file; one whose {@link OpenFile#error} is not 0 could not be opened: -ENOENT if
   *     there is none, or what its module says
   */
  public OpenFile open(Context caller, String path) {
    Supplier<String> file = files.get(path);
    return file == null
        ? ofModules.open(caller, path)
        : new TextFile(file.get().getBytes(StandardCharsets.UTF_8));
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
    paths.sort(null);
    return paths;
  }

  /** The kernel's own file: a text that was made when it was opened. */
  private static final class TextFile implements OpenFile {
    private final byte[] text;
    private int position;

    TextFile(byte[] text) {
      this.text = text;
    }

    @Override
    public int error() {
      return 0;
    }

    @Override
    public long read(Context caller, byte[] into, int count) {
      int got = Math.min(count, text.length - position);
      System.arraycopy(text, position, into, 0, got);
      position += got;
      return got;
    }

    @Override
    public void close() {
      // Nothing is kept.
    }
  }
}
