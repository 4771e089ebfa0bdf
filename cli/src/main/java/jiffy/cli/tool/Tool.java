package jiffy.cli.tool;

import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;

/** A command. One object serves any number of runs at a time. */
interface Tool {
  /**
   * Runs it to its end.
   *
   * @return the exit status
   */
  int run(Invocation call) throws GoneException, NoKernelException;

  /** What stands before each of its messages: {@code "insmod: ERROR: "}. */
  String errorPrefix();
}
