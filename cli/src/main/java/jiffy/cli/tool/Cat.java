package jiffy.cli.tool;

import java.io.IOException;
import jiffy.cli.dmesg.KmsgRecord;
import jiffy.cli.dmesg.RecordSource;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/** {@code jiffy cat FILE...}: files of the kernel's /proc, /sys and /dev. */
final class Cat implements Tool {
  private static final String KMSG = "/dev/kmsg";

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    if (call.arguments().isEmpty()) {
      call.err(errorPrefix() + "missing file name: try 'jiffy cat /proc/modules'\n");
      return 1;
    }
    RunningKernel kernel = call.needKernel();
    int status = 0;
    for (String file : call.arguments()) {
      status |= file.equals(KMSG) ? follow(call, kernel) : copy(call, kernel, file);
    }
    return status;
  }

  private int copy(Invocation call, RunningKernel kernel, String file) throws GoneException {
    int error = -kernel.read(file, call.user(), call::out);
    if (error == 0) {
      return 0;
    }
    int errno = error == Errno.ENOENT && isDirectory(kernel, file) ? Errno.EISDIR : error;
    call.err(errorPrefix() + file + ": " + Strerror.of(errno) + "\n");
    return 1;
  }

  private static boolean isDirectory(RunningKernel kernel, String file) {
    String directory = file.endsWith("/") ? file : file + "/";
    return KMSG.startsWith(directory)
        || kernel.files().stream().anyMatch(name -> name.startsWith(directory));
  }

  /** As on Linux: all records that are there, then each new one, until the reader is ended. */
  private int follow(Invocation call, RunningKernel kernel) throws GoneException {
    try (RecordSource.Reading log = kernel.log(RunningKernel.From.OLDEST, call.user())) {
      for (KmsgRecord record = log.next(); record != null; record = log.next()) {
        String text = record.text();
        call.out(text.endsWith("\n") ? text : text + "\n");
      }
      return 0;
    } catch (InterruptedException hungUp) {
      throw new GoneException(hungUp);
    } catch (IOException e) {
      call.err(errorPrefix() + KMSG + ": " + Strerror.of(e) + "\n");
      return 1;
    }
  }

  @Override
  public String errorPrefix() {
    return "cat: ";
  }
}
