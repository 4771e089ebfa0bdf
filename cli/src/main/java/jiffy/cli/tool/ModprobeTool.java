package jiffy.cli.tool;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jiffy.cli.kmod.Console.Level;
import jiffy.cli.kmod.Modprobe;
import jiffy.cli.kmod.ModuleTree;
import jiffy.cli.kmod.Order;
import jiffy.cli.kmod.Order.Option;
import jiffy.cli.kmod.StoppedException;
import jiffy.cli.kmod.config.ConfigFiles;
import jiffy.cli.kmod.config.ModprobeConfig;
import jiffy.cli.kmod.config.Words;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/** {@code modprobe}: its options, and where it finds trees and configuration. */
final class ModprobeTool implements Tool {
  private static final String NAME = "modprobe";
  private static final String OPTIONS_VARIABLE = "MODPROBE_OPTIONS";
  private static final String CONFIG = "modprobe.d";
  private static final Pattern NUMBER =
      Pattern.compile("\\s*\\+?(?:0[xX]([0-9a-fA-F]+)|(0[0-7]*|[1-9][0-9]*))");

  private static final String HELP =
      """
      Usage:
      \tmodprobe [options] [-i] [-b] modulename
      \tmodprobe [options] -a [-i] [-b] modulename [modulename...]
      \tmodprobe [options] -r [-i] modulename
      \tmodprobe [options] -r -a [-i] modulename [modulename...]
      \tmodprobe [options] -c
      \tmodprobe [options] --show-modversions filename
      Management Options:
      \t-a, --all                   Consider every non-argument to
      \t                            be a module name to be inserted
      \t                            or removed (-r)
      \t-r, --remove                Remove modules instead of inserting
      \t    --remove-holders        Also remove module holders (use together with -r)
      \t-w, --wait MSEC             When removing a module, wait up to MSEC for
      \t                            module's refcount to become 0 so it can be
      \t                            removed (use together with -r)
      \t    --first-time            Fail if module already inserted or removed
      \t-i, --ignore-install        Ignore install commands
      \t-i, --ignore-remove         Ignore remove commands
      \t-b, --use-blacklist         Apply blacklist to resolved alias.
      \t-f, --force                 Force module insertion or removal.
      \t                            implies --force-modversion and
      \t                            --force-vermagic
      \t    --force-modversion      Ignore module's version
      \t    --force-vermagic        Ignore module's version magic

      Query Options:
      \t-R, --show-alias            Print module(s) matching given alias and exit
      \t-D, --show-depends          Print module dependencies and exit
      \t-c, --show-config           Print known configuration and exit
      \t    --show-modversions      Print module symbol version and exit
      \t    --show-exports          Print module exported symbol versions and exit

      General Options:
      \t-n, --dry-run               Do not execute operations, just print out
      \t-C, --config FILE           Use FILE instead of default search paths
      \t-d, --dirname DIR           Use DIR as filesystem root for /lib/modules
      \t-S, --set-version VERSION   Use VERSION instead of $(uname -r)
      \t-s, --syslog                print to syslog, not stderr
      \t-q, --quiet                 disable messages
      \t-v, --verbose               enables more messages
      \t-V, --version               show version
      \t-h, --help                  show this help
      """;

  private static final KmodOptions OPTIONS =
      new KmodOptions(
          NAME,
          HELP,
          new String[] {"-a", "--all"},
          new String[] {"-r", "--remove"},
          new String[] {"--remove-holders"},
          new String[] {"-w", "--wait", "MSEC"},
          new String[] {"--first-time"},
          new String[] {"-i", "--ignore-install"},
          new String[] {"--ignore-remove"},
          new String[] {"-b", "--use-blacklist"},
          new String[] {"-f", "--force"},
          new String[] {"--force-modversion"},
          new String[] {"--force-vermagic"},
          new String[] {"-R", "--show-alias"},
          new String[] {"--resolve-alias"},
          new String[] {"-D", "--show-depends"},
          new String[] {"-c", "--show-config"},
          new String[] {"--showconfig"},
          new String[] {"--show-modversions"},
          new String[] {"--dump-modversions"},
          new String[] {"--show-exports"},
          new String[] {"-n", "--dry-run"},
          new String[] {"--show"},
          new String[] {"-C", "--config", "FILE"},
          new String[] {"-d", "--dirname", "DIR"},
          new String[] {"-S", "--set-version", "VERSION"},
          new String[] {"-q", "--quiet"});

  /** Names that are to go, each with the one to be used. */
  private static final Map<String, String> DEPRECATED =
      Map.of(
          "--showconfig", "--show-config",
          "--resolve-alias", "--show-alias",
          "--dump-modversions", "--show-modversions",
          "--show", "--dry-run");

  /** The names of each option without a value, but for those that say how to print. */
  private static final Map<Option, List<String>> NAMES = names();

  private static Map<Option, List<String>> names() {
    Map<Option, List<String>> names = new EnumMap<>(Option.class);
    names.put(Option.ALL, List.of("--all"));
    names.put(Option.REMOVE, List.of("--remove"));
    names.put(Option.REMOVE_HOLDERS, List.of("--remove-holders"));
    names.put(Option.FIRST_TIME, List.of("--first-time"));
    names.put(Option.IGNORE_COMMANDS, List.of("--ignore-install", "--ignore-remove"));
    names.put(Option.USE_BLACKLIST, List.of("--use-blacklist"));
    names.put(Option.FORCE, List.of("--force"));
    names.put(Option.SHOW_ALIAS, List.of("--show-alias", "--resolve-alias"));
    names.put(Option.SHOW_DEPENDS, List.of("--show-depends"));
    names.put(Option.SHOW_CONFIG, List.of("--show-config", "--showconfig"));
    names.put(Option.SHOW_MODVERSIONS, List.of("--show-modversions", "--dump-modversions"));
    names.put(Option.SHOW_EXPORTS, List.of("--show-exports"));
    names.put(Option.DRY_RUN, List.of("--dry-run", "--show"));
    names.put(Option.VERBOSE, List.of("--verbose"));
    return names;
  }

  private final ModuleTrees trees;

  ModprobeTool(ModuleTrees trees) {
    this.trees = trees;
  }

  @Override
  public int run(Invocation given) throws GoneException, NoKernelException {
    Invocation call = withOptionsOfEnvironment(given);
    if (call == null) {
      String variable = given.environment().get(OPTIONS_VARIABLE);
      given.err(errorPrefix() + OPTIONS_VARIABLE + ": a quote is not closed: " + variable + "\n");
      return 1;
    }
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    boolean isQuiet = options.has("--quiet");
    KmodHost host = new KmodHost(call, NAME, isQuiet, options.has("--syslog"));
    try {
      for (String name : DEPRECATED.keySet().stream().filter(options::has).sorted().toList()) {
        host.say(
            Level.WARNING,
            name + " is deprecated and scheduled for removal; use " + DEPRECATED.get(name));
      }
      int waitMillis = waitMillis(options.value("--wait"));
      if (waitMillis < 0) {
        host.say(Level.ERROR, "unexpected wait value '" + options.value("--wait") + "'.");
        return 1;
      }
      for (String option : List.of("--config", "--dirname", "--set-version")) {
        for (String value : options.values(option)) {
          if (call.file(value) == null) {
            host.say(Level.ERROR, option + ": no file can be called '" + value + "'");
            return 1;
          }
        }
      }
      return modprobe(call, options, host).run(order(options, waitMillis));
    } catch (StoppedException e) {
      KmodHost.rethrow(e);
      return 1;
    }
  }

  /** What MODPROBE_OPTIONS says comes before what the user says. Null: it cannot be understood. */
  private static Invocation withOptionsOfEnvironment(Invocation call) {
    String more = call.environment().getOrDefault(OPTIONS_VARIABLE, "");
    if (more.isBlank()) {
      return call;
    }
    List<String> ofEnvironment = Words.unquoted(more);
    if (ofEnvironment == null) {
      return null;
    }
    List<String> arguments =
        Stream.concat(ofEnvironment.stream(), call.arguments().stream()).toList();
    return new Invocation(
        call.command(),
        arguments,
        call.directory(),
        call.environment(),
        call.terminal(),
        call.stdout(),
        call.stderr(),
        call.user(),
        call.kernel(),
        call.stateDirectory());
  }

  /** As {@code strtoul} reads it, of base 0; -1 if it is no number of milliseconds. */
  private static int waitMillis(String value) {
    if (value == null) {
      return 0;
    }
    Matcher number = NUMBER.matcher(value);
    if (!number.matches()) {
      return -1;
    }
    String hex = number.group(1);
    String other = number.group(2);
    BigInteger millis =
        hex != null
            ? new BigInteger(hex, 16)
            : new BigInteger(other, other.startsWith("0") ? 8 : 10);
    return millis.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
  }

  private static Order order(KmodOptions.Parsed options, int waitMillis) {
    Set<Option> given = EnumSet.noneOf(Option.class);
    NAMES.forEach(
        (option, names) -> {
          if (names.stream().anyMatch(options::has)) {
            given.add(option);
          }
        });
    boolean all = options.has("--force");
    int flags = 0;
    if (all || options.has("--force-modversion")) {
      flags |= RunningKernel.MODULE_INIT_IGNORE_MODVERSIONS;
    }
    if (all || options.has("--force-vermagic")) {
      flags |= RunningKernel.MODULE_INIT_IGNORE_VERMAGIC;
    }
    return new Order(given, flags, waitMillis, options.words());
  }

  private Modprobe modprobe(Invocation call, KmodOptions.Parsed options, KmodHost host)
      throws StoppedException {
    for (String given : options.values("--config")) {
      if (!Files.exists(call.file(given))) {
        host.say(Level.WARNING, "could not open '" + given + "': " + Strerror.of(Errno.ENOENT));
      }
    }
    ModuleTree tree = trees.of(call, options.value("--dirname"), options.value("--set-version"));
    for (String warning : tree.warnings()) {
      host.say(Level.WARNING, warning);
    }
    List<String> complaints = new ArrayList<>();
    ModprobeConfig config =
        ConfigFiles.read(
            places(call, options), tree.index(), host.commandLine(), complaints::add, Strerror::of);
    for (String complaint : complaints) {
      host.sayOfLibrary(complaint);
    }
    return new Modprobe(
        tree, config, host, host, call.directory(), environmentOfCommands(call, options));
  }

  /** {@code -C}, else the state directory's, else the one beside {@code plugins/}. */
  private static List<Path> places(Invocation call, KmodOptions.Parsed options) {
    List<String> given = options.values("--config");
    return given.isEmpty()
        ? List.of(call.stateDirectory().resolve(CONFIG), ModuleTrees.home(call).resolve(CONFIG))
        : given.stream().map(each -> call.directory().resolve(each)).toList();
  }

  /** Such that a modprobe in a command is this one, with this kernel and configuration. */
  private static Map<String, String> environmentOfCommands(
      Invocation call, KmodOptions.Parsed options) {
    Map<String, String> variables = new HashMap<>();
    String modules = call.environment().get("JIFFY_MODULES");
    if (modules != null) {
      variables.put("JIFFY_MODULES", modules);
    }
    variables.put("JIFFY_RUN", call.stateDirectory().toString());
    variables.put("PATH", ModuleTrees.home(call).resolve("scripts").toString());
    StringBuilder inherited =
        new StringBuilder(call.environment().getOrDefault(OPTIONS_VARIABLE, ""));
    for (String file : options.values("--config")) {
      inherited.append(" -C \"").append(call.directory().resolve(file)).append('"');
    }
    for (String option : List.of("-q", "-s", "-v")) {
      inherited.append((" " + option).repeat(options.count(option)));
    }
    variables.put(OPTIONS_VARIABLE, inherited.toString().strip());
    return variables;
  }

  @Override
  public String errorPrefix() {
    return "modprobe: ERROR: ";
  }
}
