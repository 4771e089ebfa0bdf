package jiffy.cli.tool;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;

/** {@code lsmod}: what is loaded, newest first; {@code -J} for programs. */
final class Lsmod implements Tool {
  /** To the letter of kmod: {@code -J} stands in {@code jiffy --help}. */
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

  private static final KmodOptions OPTIONS =
      new KmodOptions("lsmod", HELP, new String[] {"-J", "--json"});

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    if (!options.words().isEmpty()) {
      return options.error("too many arguments provided.");
    }
    List<RunningKernel.Module> modules = call.needKernel().modules();
    call.out(options.has("--json") ? json(modules) : table(modules));
    return 0;
  }

  private static String table(List<RunningKernel.Module> modules) {
    StringBuilder table = new StringBuilder("Module                  Size  Used by\n");
    for (RunningKernel.Module module : modules) {
      table.append(
          String.format(
              Locale.ROOT, "%-19s %8d  %d", module.name(), module.size(), module.references()));
      if (!module.holders().isEmpty()) {
        table.append(' ').append(String.join(",", module.holders()));
      }
      table.append('\n');
    }
    return table.toString();
  }

  private static String json(List<RunningKernel.Module> modules) {
    return modules.stream()
        .map(Lsmod::json)
        .collect(Collectors.joining(",", "{\n   \"modules\": [", "\n   ]\n}\n"));
  }

  private static String json(RunningKernel.Module module) {
    return String.format(
        Locale.ROOT,
        """

              {
                 "module": %s,
                 "size": %d,
                 "used": %d,
                 "by": %s,
                 "users": %s
              }\
        """,
        quoted(module.name()),
        module.size(),
        module.references(),
        array(module.holders()),
        array(module.users()));
  }

  private static String array(List<String> texts) {
    return texts.stream().map(Lsmod::quoted).collect(Collectors.joining(", ", "[", "]"));
  }

  /** Names of modules are letters and digits; those of files and tasks may be anything. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < ' ') {
        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  @Override
  public String errorPrefix() {
    return "lsmod: ERROR: ";
  }
}
