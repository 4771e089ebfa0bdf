package jiffy.cli.tool;

import java.util.List;
import java.util.stream.Stream;
import jiffy.cli.tool.Invocation.GoneException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** The options of a kmod tool: parsed by picocli, refused in getopt's words. */
final class KmodOptions {
  private static final String VERSION = "kmod version 34\n-ZSTD -XZ -ZLIB -OPENSSL -MBEDTLS\n";
  private static final String[][] COMMON = {
    {"-s", "--syslog"}, {"-v", "--verbose"}, {"-V", "--version"}, {"-h", "--help"}
  };

  private final String tool;
  private final String help;
  private final List<String[]> options;

  /**
   * The common options and the tool's own.
   *
   * @param tool its name
   * @param help what {@code -h} prints
   * @param own the names of each further option, a short one first if there is one
   */
  KmodOptions(String tool, String help, String[]... own) {
    this.tool = tool;
    this.help = help;
    this.options = Stream.concat(Stream.of(own), Stream.of(COMMON)).toList();
  }

  /** What the user asked for. */
  static final class Parsed {
    /** The exit status if there is nothing left to be done, else -1. */
    final int status;

    private final ParseResult result;
    private final Invocation call;
    private final String prefix;

    private Parsed(int status, ParseResult result, Invocation call, String tool) {
      this.status = status;
      this.result = result;
      this.call = call;
      this.prefix = tool + ": ERROR: ";
    }

    boolean has(String option) {
      return result.hasMatchedOption(option);
    }

    List<String> words() {
      return result.hasMatchedPositional(0)
          ? result.matchedPositionalValue(0, List.<String>of())
          : List.of();
    }

    /** Says what went wrong, where the user wants it said. @return the exit status 1 */
    int error(String text) throws GoneException {
      if (has("-s") && call.kernel() != null) {
        call.kernel().syslog(prefix + text);
      } else {
        call.err(prefix + text + "\n");
      }
      return 1;
    }
  }

  Parsed parse(Invocation call) throws GoneException {
    CommandLine line = new CommandLine(spec());
    line.setExpandAtFiles(false);
    ParseResult result;
    try {
      result = line.parseArgs(call.arguments().toArray(String[]::new));
    } catch (ParameterException e) {
      call.err(tool + ": " + inGetoptsWords(e) + "\n");
      return new Parsed(1, null, call, tool);
    }
    if (result.hasMatchedOption("-h")) {
      call.out(help);
      return new Parsed(0, result, call, tool);
    }
    if (result.hasMatchedOption("-V")) {
      call.out(VERSION);
      return new Parsed(0, result, call, tool);
    }
    return new Parsed(-1, result, call, tool);
  }

  private CommandSpec spec() {
    CommandSpec spec = CommandSpec.create().name(tool);
    for (String[] names : options) {
      spec.addOption(
          OptionSpec.builder(names)
              .arity("0")
              .type(boolean[].class)
              .auxiliaryTypes(boolean.class)
              .build());
    }
    return spec.addPositional(
        PositionalParamSpec.builder()
            .index("0..*")
            .arity("0..*")
            .type(List.class)
            .auxiliaryTypes(String.class)
            .build());
  }

  private String inGetoptsWords(ParameterException e) {
    String word =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getUnmatched().get(0) : "";
    if (word.startsWith("--")) {
      return "unrecognized option '" + word.split("=", 2)[0] + "'";
    }
    if (word.startsWith("-")) {
      return "invalid option -- '" + firstUnknown(word) + "'";
    }
    return e.getMessage();
  }

  private char firstUnknown(String cluster) {
    for (char letter : cluster.substring(1).toCharArray()) {
      if (options.stream().noneMatch(names -> names[0].equals("-" + letter))) {
        return letter;
      }
    }
    return cluster.charAt(1);
  }
}
