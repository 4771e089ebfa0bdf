package jiffy.cli.host;

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
     * @param halt what {@code jiffy halt} calls
     * @throws IllegalArgumentException if the command line is wrong; the message says where
     */
    HostedKernel boot(String commandLine, Runnable halt);
  }

  /** What tools see. */
  RunningKernel forTools();

  /** Starts a task of the kernel. */
  void spawn(String name, Runnable body);

  /** Begins to watch the drop folder. */
  void watchPlugins();

  /** Unloads everything in reverse order and halts; bounded, whatever modules do. */
  @Override
  void close();
}
