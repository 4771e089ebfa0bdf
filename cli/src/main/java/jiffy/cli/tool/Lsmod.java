package jiffy.cli.tool;

import java.util.Locale;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;

/** {@code lsmod}: what is loaded, newest first. */
final class Lsmod implements Tool {
  private static final String HELP =
      """
      Usage:
      \tlsmod [options]
      Options:
      \t-s, --syslog      print to syslog, not stderr
      \t-v, --verbose     enables more messages
      \t-V, --version     show version
      \t-h, --help        show this help
      """;

  private static final KmodOptions OPTIONS = new KmodOptions("lsmod", HELP);

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    if (!options.words().isEmpty()) {
      return options.error("too many arguments provided.");
    }
    StringBuilder table = new StringBuilder("Module                  Size  Used by\n");
    for (RunningKernel.Module module : call.needKernel().modules()) {
      table.append(
          String.format(
              Locale.ROOT, "%-19s %8d  %d", module.name(), module.size(), module.references()));
      if (!module.holders().isEmpty()) {
        table.append(' ').append(String.join(",", module.holders()));
      }
      table.append('\n');
    }
    call.out(table.toString());
    return 0;
  }

  @Override
  public String errorPrefix() {
    return "lsmod: ERROR: ";
  }
}
