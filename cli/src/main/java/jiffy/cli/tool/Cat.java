package jiffy.cli.tool;

import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/**
 * {@code jiffy cat FILE...}: files of the kernel's /proc, /sys and /dev, each to its end; that of
 * /dev/kmsg comes when the kernel halts, or when it is told that records were lost.
 */
final class Cat implements Tool {
  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    if (call.arguments().isEmpty()) {
      call.err(errorPrefix() + "missing file name: try 'jiffy cat /proc/modules'\n");
      return 1;
    }
    RunningKernel kernel = call.needKernel();
    int status = 0;
    for (String file : call.arguments()) {
      status |= copy(call, kernel, file);
    }
    return status;
  }

  private int copy(Invocation call, RunningKernel kernel, String file) throws GoneException {
    int error = -kernel.read(file, call.user(), call::out);
    if (error == 0) {
      return 0;
    }
    String wayOut = error == Errno.EISDIR ? ": 'jiffy ls " + file + "' lists it" : "";
    call.err(errorPrefix() + file + ": " + Strerror.of(error) + wayOut + "\n");
    return 1;
  }

  @Override
  public String errorPrefix() {
    return "cat: ";
  }
}
