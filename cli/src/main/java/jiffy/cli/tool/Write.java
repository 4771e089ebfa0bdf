package jiffy.cli.tool;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;

/**
 * {@code jiffy write [-n] FILE [TEXT...]}: what the shell's {@code echo [-n] TEXT > FILE} does, for
 * a file of the kernel's: opens it, writes the words and a newline, and closes it.
 */
final class Write implements Tool {
  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    List<String> words = new ArrayList<>(call.arguments());
    boolean isBare = !words.isEmpty() && words.get(0).equals("-n");
    if (isBare) {
      words.remove(0);
    }
    if (words.isEmpty()) {
      call.err(errorPrefix() + "missing file name: try 'jiffy write /dev/kmsg hello'\n");
      return 1;
    }
    String file = words.remove(0);
    String text = String.join(" ", words) + (isBare ? "" : "\n");
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    RunningKernel.Written written = call.needKernel().write(file, call.user(), bytes);
    String complaint = complaint(written, bytes.length);
    if (complaint != null) {
      call.err(errorPrefix() + file + ": " + complaint + "\n");
      return 1;
    }
    return 0;
  }

  /** In the shell's words: those of a failed open, or those of echo. Null: all is well. */
  private static String complaint(RunningKernel.Written written, int length) {
    if (!written.isOpened()) {
      return Strerror.of(-written.error());
    }
    if (written.error() != 0) {
      return "write error: " + Strerror.of(-written.error());
    }
    return written.bytes() < length
        ? "write error: it took only " + written.bytes() + " of " + length + " bytes"
        : null;
  }

  @Override
  public String errorPrefix() {
    return "write: ";
  }
}
