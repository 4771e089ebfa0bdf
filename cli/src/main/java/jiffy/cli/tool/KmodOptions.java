package jiffy.cli.tool;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.cli.options.Getopt;
import jiffy.cli.tool.Invocation.GoneException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a kmod tool: declared to picocli, read and refused as by getopt. */
final class KmodOptions {
  private static final String VERSION = "kmod version 34\n-ZSTD -XZ -ZLIB -OPENSSL -MBEDTLS\n";
  private static final String[][] INFORMING = {{"-V", "--version"}, {"-h", "--help"}};
  private static final String[][] COMMON = {{"-s", "--syslog"}, {"-v", "--verbose"}};

  private final String tool;
  private final String help;
  private final CommandSpec spec;

  /** The long name of an option, by each of its names. */
  private final Map<String, String> longNames = new HashMap<>();

  /**
   * The options that insmod, rmmod, lsmod and modprobe have in common, and the tool's own.
   *
   * @param tool its name
   * @param help what {@code -h} prints
   * @param own the names of each further option, a short one first if there is one, a long one
   *     always; after them a word without a dash, such as {@code DIR}, if the option takes a value
   */
  KmodOptions(String tool, String help, String[]... own) {
    this(tool, help, Stream.concat(Stream.of(own), Stream.of(COMMON)).toList());
  }

  private KmodOptions(String tool, String help, List<String[]> options) {
    this.tool = tool;
    this.help = help;
    this.spec = CommandSpec.create().name(tool);
    options.forEach(this::add);
    Stream.of(INFORMING).forEach(this::add);
  }

  /** The tool's own options, and {@code -V} and {@code -h}. */
  static KmodOptions only(String tool, String help, String[]... own) {
    return new KmodOptions(tool, help, List.of(own));
  }

  private void add(String[] words) {
    boolean takesValue = !words[words.length - 1].startsWith("-");
    String[] names = Stream.of(words).filter(word -> word.startsWith("-")).toArray(String[]::new);
    OptionSpec option =
        OptionSpec.builder(names)
            .arity(takesValue ? "1" : "0")
            .type(takesValue ? String.class : boolean.class)
            .build();
    spec.addOption(option);
    for (String name : names) {
      longNames.put(name, option.longestName());
    }
  }

  /** What the user asked for. */
  final class Parsed {
    /** The exit status if there is nothing left to be done, else -1. */
    final int status;

    private final Invocation call;
    private final List<String> words;

    /** By long name; a null a time without a value. */
    private final Map<String, List<String>> given = new HashMap<>();

    private Parsed(int status, Invocation call, List<String> words) {
      this.status = status;
      this.call = call;
      this.words = words;
    }

    private void add(Getopt.Found found) {
      given.computeIfAbsent("--" + found.name(), name -> new ArrayList<>()).add(found.value());
    }

    /** Whether an option was given, by any of its names. */
    boolean has(String option) {
      return !values(option).isEmpty();
    }

    /** How often it was given: {@code -vv} is twice. */
    int count(String option) {
      return values(option).size();
    }

    /** What was last said with it; null if it was not given. */
    String value(String option) {
      List<String> values = values(option);
      return values.isEmpty() ? null : values.get(values.size() - 1);
    }

    /** All that was said with it, in order. */
    List<String> values(String option) {
      return given.getOrDefault(longNames.getOrDefault(option, option), List.of());
    }

    /** The arguments that are no options. */
    List<String> words() {
      return words;
    }

    /** Says what went wrong, where the user wants it said. @return the exit status 1 */
    int error(String text) throws GoneException {
      return say("ERROR", text);
    }

    /** A message of a level of kmod's: FATAL, ERROR, WARNING. @return the exit status 1 */
    int say(String level, String text) throws GoneException {
      String line = tool + ": " + level + ": " + text;
      if (has("--syslog") && call.kernel() != null) {
        call.kernel().syslog(line);
      } else {
        call.err(line + "\n");
      }
      return 1;
    }
  }

  Parsed parse(Invocation call) throws GoneException {
    Getopt getopt = new Getopt(spec, call.arguments());
    for (Getopt.Found found : getopt.found()) {
      if (found.name().equals("help") || found.name().equals("version")) {
        call.out(found.name().equals("help") ? help : VERSION);
        return new Parsed(0, call, List.of());
      }
    }
    if (getopt.failure() != null) {
      call.err(tool + ": " + getopt.failure() + "\n");
      return new Parsed(1, call, List.of());
    }
    Parsed parsed = new Parsed(-1, call, getopt.operands());
    getopt.found().forEach(parsed::add);
    return parsed;
  }
}
