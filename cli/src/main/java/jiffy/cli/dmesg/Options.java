package jiffy.cli.dmesg;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import jiffy.cli.dmesg.print.Colors;
import jiffy.cli.dmesg.print.Priorities;
import jiffy.cli.dmesg.record.DmesgFailure;
import jiffy.cli.dmesg.time.TimeFormat;
import jiffy.cli.options.Getopt;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/**
 * The command line of one run. What takes a list or a place in an order is a setter: picocli calls
 * setters in the order typed. {@code order} is that of the candidates for an abbreviation.
 */
@Command(name = "dmesg")
final class Options {
  /** What to do. */
  enum Action {
    READ,
    READ_CLEAR,
    CLEAR,
    CONSOLE_OFF,
    CONSOLE_ON,
    CONSOLE_LEVEL,
    HELP,
    VERSION
  }

  /** The smallest buffer for the log, bytes. */
  private static final long MIN_BUFFER = 4096;

  /** The largest, as unsigned 32 bits. */
  private static final long MAX_BUFFER = (1L << 32) - 1;

  /** Sets of options of which one run may have one. Names as typed, in any order. */
  private static final List<List<String>> EXCLUSIVE =
      List.of(
          List.of("clear", "console-off", "console-on", "read-clear", "console-level", "raw"),
          List.of("file", "kmsg-file"),
          List.of("human", "raw"),
          List.of("color", "raw"),
          List.of("syslog", "follow"),
          List.of("syslog", "follow-new"),
          List.of("export-kmsg", "follow"),
          List.of("export-kmsg", "follow-new"),
          List.of("export-kmsg", "file"),
          List.of("export-kmsg", "kmsg-file"),
          List.of("ctime", "raw"),
          List.of("show-delta", "raw"),
          List.of("reltime", "raw"),
          List.of("raw", "decode"),
          List.of("raw", "notime"));

  @Option(
      names = {"-c", "--read-clear"},
      order = 210)
  boolean readClear;

  @Option(
      names = {"-C", "--clear"},
      order = 20)
  boolean clear;

  @Option(
      names = {"-D", "--console-off"},
      order = 40)
  boolean consoleOff;

  @Option(
      names = {"-E", "--console-on"},
      order = 41)
  boolean consoleOn;

  @Option(
      names = {"-x", "--decode"},
      order = 60)
  boolean decode;

  @Option(names = "--export-kmsg", order = 70)
  String exportKmsg;

  @Option(
      names = {"-F", "--file"},
      order = 80)
  String file;

  @Option(
      names = {"-K", "--kmsg-file"},
      order = 150)
  String kmsgFile;

  @Option(
      names = {"-w", "--follow"},
      order = 90)
  boolean follow;

  @Option(
      names = {"-W", "--follow-new"},
      order = 91)
  boolean followNew;

  @Option(
      names = {"-p", "--force-prefix"},
      order = 100)
  boolean forcePrefix;

  @Option(
      names = {"-H", "--human"},
      order = 110)
  boolean human;

  @Option(
      names = {"-h", "--help"},
      order = 120)
  boolean help;

  @Option(
      names = {"-J", "--json"},
      order = 130)
  boolean json;

  @Option(names = "--noescape", order = 170)
  boolean noEscape;

  @Option(
      names = {"-P", "--nopager"},
      order = 190)
  boolean noPager;

  @Option(
      names = {"-r", "--raw"},
      order = 200)
  boolean raw;

  @Option(
      names = {"-S", "--syslog"},
      order = 240)
  boolean syslog;

  @Option(
      names = {"-d", "--show-delta"},
      order = 250)
  boolean showDelta;

  @Option(names = "--since", order = 230)
  String since;

  @Option(names = "--until", order = 270)
  String until;

  @Option(
      names = {"-V", "--version"},
      order = 290)
  boolean version;

  /** The console level asked for, 1 to 8, or 0. */
  int consoleLevel;

  /** Bits of the levels shown, or -1 for all. */
  int levels = -1;

  /** Bits of the facilities shown, or -1 for all. */
  int facilities = -1;

  /** Null unless {@code --color} was given. */
  Colors.Mode color;

  /** Bytes that {@code --syslog} reads at most, 0 for all. */
  long bufferSize;

  /** Null unless {@code --grep} was given. */
  TextPattern grep;

  /** Those of {@code --module}, as the kernel spells them. */
  final Set<String> modules = new HashSet<>();

  /** The time formats asked for, in that order. */
  final List<TimeFormat> timeFormats = new ArrayList<>();

  private Options() {}

  /** Reads a command line as getopt would; the first error in the order typed is thrown. */
  static Options parse(List<String> args) throws DmesgFailure {
    Options options = new Options();
    CommandLine line = new CommandLine(options);
    line.setExpandAtFiles(false);
    line.setOverwrittenOptionsAllowed(true);
    line.setAllowOptionsAsOptionParameters(true);
    Getopt getopt = new Getopt(line.getCommandSpec(), args);
    DmesgFailure failure = null;
    boolean informs = false;
    List<String> names = new ArrayList<>();
    List<String> accepted = new ArrayList<>();
    for (Getopt.Found found : getopt.found()) {
      failure = conflict(names, found.name());
      if (failure != null || informs) {
        break;
      }
      names.add(found.name());
      accepted.add(found.canonical());
      informs = "help".equals(found.name()) || "version".equals(found.name());
    }
    bind(line, accepted);
    if (informs) {
      return options;
    }
    if (failure == null && getopt.failure() != null) {
      failure = DmesgFailure.usage(getopt.failure());
    }
    if (failure == null && !getopt.operands().isEmpty()) {
      failure = DmesgFailure.usage("bad usage");
    }
    if (failure != null) {
      throw failure;
    }
    return options;
  }

  /** What these options ask for. */
  Action action() {
    if (help || version) {
      return help ? Action.HELP : Action.VERSION;
    }
    if (consoleOff || consoleOn) {
      return consoleOff ? Action.CONSOLE_OFF : Action.CONSOLE_ON;
    }
    if (clear || consoleLevel != 0) {
      return clear ? Action.CLEAR : Action.CONSOLE_LEVEL;
    }
    return readClear ? Action.READ_CLEAR : Action.READ;
  }

  /** Whether records are asked for that are not there yet. */
  boolean waits() {
    return follow || followNew;
  }

  /** Whether the log is one that somebody saved. */
  boolean isOfFile() {
    return file != null || kmsgFile != null;
  }

  /** Whether it is for a reader who turns pages. */
  boolean isPaged() {
    return human && !noPager && !waits() && !json;
  }

  /** The time formats to print. */
  List<TimeFormat> shownTimes() {
    boolean relative = human && timeFormats.isEmpty() && !showDelta;
    return TimeFormat.resolve(relative ? List.of(TimeFormat.RELTIME) : timeFormats, showDelta);
  }

  @Option(
      names = {"-s", "--buffer-size"},
      order = 10)
  void bufferSize(String size) throws DmesgFailure {
    if (size == null) {
      return;
    }
    if (!size.matches("\\d{1,10}") || Long.parseLong(size) > MAX_BUFFER) {
      throw DmesgFailure.of("invalid buffer size argument: '" + size + "'");
    }
    bufferSize = Math.max(MIN_BUFFER, Long.parseLong(size));
  }

  @Option(names = "--grep", order = 105)
  void grep(String expression) throws DmesgFailure {
    grep = expression == null ? null : new TextPattern(expression);
  }

  @Option(names = "--module", order = 165)
  void module(String list) throws DmesgFailure {
    for (String name : list == null ? new String[0] : list.split(",", -1)) {
      if (name.isEmpty()) {
        throw DmesgFailure.of("invalid module name ''");
      }
      modules.add(name.replace('-', '_'));
    }
  }

  @Option(
      names = {"-L", "--color"},
      arity = "0..1",
      fallbackValue = "auto",
      order = 30)
  void color(String mode) throws DmesgFailure {
    color = mode == null ? null : Colors.Mode.named(mode);
  }

  @Option(
      names = {"-n", "--console-level"},
      order = 35)
  void consoleLevel(String level) throws DmesgFailure {
    consoleLevel = level == null ? 0 : Priorities.consoleLevel(level);
  }

  @Option(
      names = {"-l", "--level"},
      order = 160)
  void level(String list) throws DmesgFailure {
    levels = list == null ? -1 : Priorities.levels(list) | Math.max(levels, 0);
  }

  @Option(
      names = {"-f", "--facility"},
      order = 85)
  void facility(String list) throws DmesgFailure {
    facilities = list == null ? -1 : Priorities.facilities(list) | Math.max(facilities, 0);
  }

  @Option(
      names = {"-k", "--kernel"},
      order = 140)
  void kernel(boolean on) {
    facilities = on ? Filter.KERNEL | Math.max(facilities, 0) : facilities;
  }

  @Option(
      names = {"-u", "--userspace"},
      order = 280)
  void userspace(boolean on) {
    facilities = on ? Filter.USERSPACE | Math.max(facilities, 0) : facilities;
  }

  @Option(
      names = {"-T", "--ctime"},
      order = 50)
  void ctime(boolean on) {
    request(on, TimeFormat.CTIME);
  }

  @Option(
      names = {"-t", "--notime"},
      order = 180)
  void notime(boolean on) {
    request(on, TimeFormat.NOTIME);
  }

  @Option(
      names = {"-e", "--reltime"},
      order = 220)
  void reltime(boolean on) {
    request(on, TimeFormat.RELTIME);
  }

  @Option(names = "--time-format", order = 260)
  void timeFormat(String name) throws DmesgFailure {
    if (name != null) {
      request(true, TimeFormat.named(name));
    }
  }

  private void request(boolean on, TimeFormat format) {
    if (on) {
      timeFormats.add(format);
    }
  }

  /** The failure if {@code name} excludes one of the options before it, else null. */
  private static DmesgFailure conflict(List<String> before, String name) {
    for (List<String> group : EXCLUSIVE) {
      for (String other : before) {
        if (group.contains(name) && group.contains(other) && !other.equals(name)) {
          return DmesgFailure.of("options --" + other + " and --" + name + " cannot be combined");
        }
      }
    }
    return null;
  }

  /** Hands the options to picocli and takes our own failure out of its exception. */
  private static void bind(CommandLine line, List<String> args) throws DmesgFailure {
    try {
      line.parseArgs(args.toArray(String[]::new));
    } catch (ParameterException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof DmesgFailure failure) {
          throw failure;
        }
      }
      throw DmesgFailure.usage(e.getMessage());
    }
  }
}
