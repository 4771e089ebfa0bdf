package jiffy.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import jiffy.cli.dmesg.print.PagedStream;

/**
 * Standard output, in front of which a tool may ask for a pager: the program that {@code PAGER}
 * names, else {@code less}. It is the client that starts it, for the terminal is the client's.
 *
 * <p>Thread safety: none.
 */
final class Terminal extends PagedStream {
  private static final String DEFAULT = "less";

  private final OutputStream screen;
  private final Map<String, String> environment;
  private OutputStream to;
  private Process pager;

  Terminal(OutputStream screen, Map<String, String> environment) {
    this.screen = screen;
    this.environment = environment;
    this.to = screen;
  }

  /** Starts the pager; without one, pages are not turned. */
  @Override
  public void page() {
    String command = environment.getOrDefault("PAGER", DEFAULT).strip();
    if (pager != null || command.isEmpty() || command.equals("cat") || !isThere(command)) {
      return;
    }
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", command)
            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().clear();
    builder.environment().putAll(environment);
    // As util-linux has it: quit if it fits, colours, no wrapping, no clearing.
    builder.environment().putIfAbsent("LESS", "FRSX");
    builder.environment().putIfAbsent("LV", "-c");
    try {
      pager = builder.start();
    } catch (IOException noShell) {
      return;
    }
    to = pager.getOutputStream();
    // Ctrl-C is for the pager, which goes on; the shell must not have the terminal before it ends.
    Runtime.getRuntime().addShutdownHook(new Thread(this::awaitPager, "pager"));
  }

  /** Whether the shell will find what the command starts with. */
  private boolean isThere(String command) {
    String program = command.split("\\s", 2)[0];
    if (program.contains("/")) {
      return new File(program).canExecute();
    }
    for (String directory : environment.getOrDefault("PATH", "").split(":", -1)) {
      File file = new File(directory, program);
      if (file.isFile() && file.canExecute()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public void write(int b) throws IOException {
    to.write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    to.write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    to.flush();
  }

  /**
   * All has been written: waits until the user has seen it.
   *
   * @param status what the command ended with
   * @return the exit status: that, but a user who did not want to see it all has made no mistake
   */
  int finish(int status) {
    if (pager == null) {
      return status;
    }
    try {
      to.close();
    } catch (IOException pagerHasGone) {
      // Nor does it want the rest.
    }
    to = screen;
    awaitPager();
    return status == Client.BROKEN_PIPE ? 0 : status;
  }

  private void awaitPager() {
    boolean over = false;
    while (!over) {
      try {
        pager.waitFor();
        over = true;
      } catch (InterruptedException notForUs) {
        // Nobody interrupts: no thread of ours knows this one.
      }
    }
  }
}
