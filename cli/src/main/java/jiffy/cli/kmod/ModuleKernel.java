package jiffy.cli.kmod;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kernel as modprobe sees it. Results are 0 or a negative errno. */
public interface ModuleKernel {
  /**
   * A module that is there.
   *
   * @param name as the kernel writes it
   * @param references how often it is used; -1 while it is being unloaded
   * @param holders the modules that use it
   * @param users who else holds it, one a phrase
   * @param isLive whether it can be used: neither on its way in or out nor given up
   */
  record Loaded(
      String name, int references, List<String> holders, List<String> users, boolean isLive) {}

  /** Ends the run if no kernel runs. */
  void need() throws StoppedException;

  /** The module of that name; empty too if no kernel runs. */
  Optional<Loaded> find(String name);

  /** The names of the live modules; empty too if no kernel runs. */
  Set<String> live();

  /** Whether a module has an init and no exit, so that only force unloads it. */
  boolean isPermanent(String name);

  /**
   * Loads a file; returns when its init has.
   *
   * @param flags what {@code finit_module} takes
   */
  int insert(Path file, List<String> words, int flags) throws StoppedException;

  /** Unloads a module; returns when its exit has. */
  int remove(String name, boolean force) throws StoppedException;

  /** {@code /proc/cmdline}; empty if no kernel runs. */
  String commandLine();

  /** Sleeps. @return false if the user has gone meanwhile */
  boolean pause(int millis);

  /** {@code strerror(errno)}. */
  String reason(int errno);
}
