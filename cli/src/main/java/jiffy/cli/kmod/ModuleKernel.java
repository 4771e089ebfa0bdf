package jiffy.cli.kmod;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The kernel as modprobe sees it. Results are 0 or a negative errno. */
public interface ModuleKernel {
  /**
   * A module that is there.
   *
   * @param name as the kernel writes it
   * @param references how often it is used; -1 while it is being unloaded
   * @param holders the modules that use it
   */
  record Loaded(String name, int references, List<String> holders) {}

  /** The module of that name; empty too if no kernel runs. */
  Optional<Loaded> find(String name);

  /** Loads a file; returns when its init has. */
  int insert(Path file, List<String> words, boolean force) throws StoppedException;

  /** Unloads a module; returns when its exit has. */
  int remove(String name, boolean force) throws StoppedException;

  /** Who uses a module besides other modules, a sentence each: open files, references. */
  List<String> users(String name);

  /** {@code /proc/cmdline}; empty if no kernel runs. */
  String commandLine();

  /** Sleeps. @return false if the user has gone meanwhile */
  boolean pause(int millis);

  /** {@code strerror(errno)}. */
  String reason(int errno);
}
