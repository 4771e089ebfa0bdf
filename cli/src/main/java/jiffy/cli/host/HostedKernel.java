package jiffy.cli.host;

import java.nio.file.Path;
import java.util.Optional;
import jiffy.cli.tool.RunningKernel;

/** A kernel as its host sees it: something that tools run on, and that is stopped at the end. */
interface HostedKernel extends AutoCloseable {
  /** Boots one. */
  @FunctionalInterface
  interface Boot {
    /**
     * Returns when it runs.
     *
     * @param commandLine the kernel's
     * @param cache a directory for its copies of JARs
     * @param halt what {@code jiffy halt} calls
     * @throws IllegalArgumentException if the command line is wrong; the message says where
     */
    HostedKernel boot(String commandLine, Path cache, Runnable halt);
  }

  /** What tools see. */
  RunningKernel forTools();

  /**
   * Starts a task of the kernel.
   *
   * @param isPrivileged whether it works for the user that the kernel belongs to, or for root
   */
  void spawn(String name, boolean isPrivileged, Runnable body);

  /** Where its log outlives it, if anywhere. */
  Optional<Path> pstore();

  /** Begins what can wait until tools are answered: the console, the drop folder. */
  void settleIn();

  /**
   * Unloads everything in reverse order and halts, then ends what follows the log; bounded,
   * whatever modules do. A second call does nothing.
   */
  @Override
  void close();
}
