package jiffy.runtime.proc;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Supplier;

/**
 * The readable files of a kernel, by full path: each makes its text when it is read. Thread safe.
 */
public final class ProcTree {
  private final Map<String, Supplier<String>> files = new ConcurrentSkipListMap<>();

  /**
   * Adds a file.
   *
   * @param path absolute: {@code /proc/uptime}
   * @param text makes the whole content; called at each read, by the reader
   */
  public void register(String path, Supplier<String> text) {
    files.put(path, text);
  }

  /** The file's text now; empty if there is no such file. */
  public Optional<String> read(String path) {
    Supplier<String> file = files.get(path);
    return file == null ? Optional.empty() : Optional.of(file.get());
  }

  /** All paths, sorted. */
  public List<String> list() {
    return List.copyOf(files.keySet());
  }
}
