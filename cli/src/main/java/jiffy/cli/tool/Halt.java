package jiffy.cli.tool;

import jiffy.cli.tool.Invocation.NoKernelException;

/** {@code jiffy halt}: starts the orderly stop; the client then waits until the host is gone. */
final class Halt implements Tool {
  @Override
  public int run(Invocation call) throws NoKernelException {
    call.needKernel().halt();
    return 0;
  }

  @Override
  public String errorPrefix() {
    return "jiffy: ";
  }
}
