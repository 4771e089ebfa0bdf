package jiffy.cli.options;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Gives a picocli command the grammar and the error texts of getopt_long(3): clusters ({@code
 * -xT}), abbreviated long options, options after operands, {@code --}. The result is in the one
 * form that picocli cannot read in two ways, {@code --name} or {@code --name=value}.
 */
public final class Getopt {
  /**
   * An option as it was found.
   *
   * @param name the long name without dashes
   * @param value its argument, or null
   */
  public record Found(String name, String value) {
    /** {@code --name} or {@code --name=value}. */
    public String canonical() {
      return value == null ? "--" + name : "--" + name + "=" + value;
    }
  }

  private final List<OptionSpec> options;
  private final List<Found> found = new ArrayList<>();
  private final List<String> operands = new ArrayList<>();
  private String failure;

  /** Scans {@code args} up to the first error. Candidates are listed in {@code order}. */
  public Getopt(CommandSpec command, List<String> args) {
    options =
        command.options().stream().sorted(Comparator.comparingInt(OptionSpec::order)).toList();
    int next = 0;
    while (next < args.size() && failure == null) {
      String arg = args.get(next);
      if ("--".equals(arg)) {
        operands.addAll(args.subList(next + 1, args.size()));
        return;
      }
      String following = next + 1 < args.size() ? args.get(next + 1) : null;
      boolean took = false;
      if (arg.startsWith("--")) {
        took = longOption(arg.substring(2), following);
      } else if (arg.length() > 1 && arg.startsWith("-")) {
        took = cluster(arg.substring(1), following);
      } else {
        operands.add(arg);
      }
      next += took ? 2 : 1;
    }
  }

  /** The options before the first error, in the order typed. */
  public List<Found> found() {
    return found;
  }

  /** The arguments that are no options. */
  public List<String> operands() {
    return operands;
  }

  /** The first error in getopt's words, or null. */
  public String failure() {
    return failure;
  }

  /** Reads {@code name[=value]}; true if it took {@code following} as its argument. */
  private boolean longOption(String text, String following) {
    int equals = text.indexOf('=');
    String name = equals < 0 ? text : text.substring(0, equals);
    String value = equals < 0 ? null : text.substring(equals + 1);
    List<OptionSpec> candidates =
        options.stream().filter(option -> longName(option).startsWith(name)).toList();
    OptionSpec option =
        candidates.stream()
            .filter(candidate -> longName(candidate).equals(name))
            .findFirst()
            .orElse(candidates.size() == 1 ? candidates.get(0) : null);
    if (option == null) {
      failure = candidates.isEmpty() ? unknown(text) : ambiguous(text, candidates);
      return false;
    }
    if (value != null && option.arity().max() == 0) {
      failure = "option '--" + longName(option) + "' doesn't allow an argument";
      return false;
    }
    boolean takes = value == null && option.arity().min() == 1;
    if (takes && following == null) {
      failure = "option '--" + longName(option) + "' requires an argument";
      return false;
    }
    found.add(new Found(longName(option), takes ? following : value));
    return takes;
  }

  /** Reads one or more short options; true if the last took {@code following}. */
  private boolean cluster(String letters, String following) {
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      OptionSpec option = shortOption(letter);
      if (option == null) {
        failure = "invalid option -- '" + letter + "'";
        return false;
      }
      if (option.arity().max() == 0) {
        found.add(new Found(longName(option), null));
        continue;
      }
      String attached = i + 1 < letters.length() ? letters.substring(i + 1) : null;
      boolean takes = attached == null && option.arity().min() == 1;
      if (takes && following == null) {
        failure = "option requires an argument -- '" + letter + "'";
        return false;
      }
      found.add(new Found(longName(option), takes ? following : attached));
      return takes;
    }
    return false;
  }

  private OptionSpec shortOption(char letter) {
    String name = "-" + letter;
    return options.stream()
        .filter(option -> List.of(option.names()).contains(name))
        .findFirst()
        .orElse(null);
  }

  private static String longName(OptionSpec option) {
    return option.longestName().substring(2);
  }

  private static String unknown(String text) {
    return "unrecognized option '--" + text + "'";
  }

  private static String ambiguous(String text, List<OptionSpec> candidates) {
    StringBuilder message =
        new StringBuilder("option '--" + text + "' is ambiguous; possibilities:");
    candidates.forEach(option -> message.append(" '--").append(longName(option)).append('\''));
    return message.toString();
  }
}
