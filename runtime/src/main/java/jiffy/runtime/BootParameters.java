package jiffy.runtime;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import jiffy.runtime.mm.FaultAttributes;
import jiffy.runtime.printk.PrintkSettings.DevKmsg;
import jiffy.runtime.printk.ring.LogRing;

/**
 * The kernel command line, parsed: {@code hz=250 nr_cpus=2 loglevel=7 kt.interval=3 plugins=DIR}.
 *
 * <p>Words are separated by blanks; {@code a="x y"} and {@code "a=x y"} keep them. The last of a
 * repeated word wins. {@code module.parameter=value} is kept for the module. Immutable.
 */
public final class BootParameters {
  private static final int MAX_CPUS = 1 << 10;
  private static final int MAX_SPIN_NANOS = 1_000_000;
  private static final int MAX_TIMEOUT_SECS = 1_000_000_000;

  /** Console loglevels of the words {@code quiet} and {@code debug}, as on Linux. */
  private static final int QUIET = 4;

  private static final int DEBUG = 10;

  private static final List<String> HZ_VALUES = List.of("100", "250", "300", "1000");

  private static final List<String> TIMER_WHEELS = List.of("6.1", "cascading");

  private static final Pattern PACKAGE = Pattern.compile("[\\p{L}_]\\w*(\\.[\\p{L}_]\\w*)*");

  private final String commandLine;
  private final Map<String, List<String>> moduleWords = new LinkedHashMap<>();
  private final List<String> unknown = new ArrayList<>();
  private int hz = 250;
  private int nrCpus = Math.max(1, Runtime.getRuntime().availableProcessors());
  private int logBufLen = 1 << 20;
  private int loglevel = -1;
  private boolean printkCaller;
  private DevKmsg devKmsg;
  private String timerWheel = TIMER_WHEELS.get(0);
  private String name = "jiffy";
  private Path plugins;
  private List<String> exposed = List.of();
  private Path pstore;
  private boolean highres = true;
  private int hrtimerSpinNanos;
  private FaultAttributes failslab = FaultAttributes.NONE;
  private int initTimeoutSecs;
  private int exitTimeoutSecs = -1;

  private BootParameters(String commandLine) {
    this.commandLine = commandLine;
  }

  /**
   * Parses a command line.
   *
   * @throws IllegalArgumentException for a known parameter with a value it cannot take; the message
   *     names both and says what it takes
   */
  public static BootParameters parse(String commandLine) {
    BootParameters parsed = new BootParameters(commandLine.strip());
    for (String word : words(commandLine)) {
      parsed.take(word);
    }
    return parsed;
  }

  private void take(String word) {
    int equals = word.indexOf('=');
    String key = equals < 0 ? word : word.substring(0, equals);
    String value = equals < 0 ? "" : word.substring(equals + 1);
    switch (key) {
      case "hz" -> hz = Integer.parseInt(oneOf(key, value, HZ_VALUES));
      case "nr_cpus" -> nrCpus = number(key, value, 1, MAX_CPUS);
      case "log_buf_len" -> logBufLen = bytes(key, value);
      case "pstore" -> pstore = directory(key, value);
      case "loglevel" -> loglevel = number(key, value, 0, 15);
      case "quiet" -> loglevel = QUIET;
      case "debug" -> loglevel = DEBUG;
      case "printk.caller" -> printkCaller = bool(key, value);
      case "printk.devkmsg" -> devKmsg = devKmsg(key, value);
      case "name" -> name = value;
      case "timer_wheel" -> timerWheel = oneOf(key, value, TIMER_WHEELS);
      case "highres" -> highres = bool(key, value);
      case "hrtimer_spin_ns" -> hrtimerSpinNanos = number(key, value, 0, MAX_SPIN_NANOS);
      case "failslab" -> failslab = faults(key, value);
      case "module.init_timeout" -> initTimeoutSecs = number(key, value, 0, MAX_TIMEOUT_SECS);
      case "module.exit_timeout" -> exitTimeoutSecs = number(key, value, 0, MAX_TIMEOUT_SECS);
      case "plugins" -> plugins = Path.of(value);
      case "module.expose" -> exposed = packages(key, value);
      default -> takeOther(word, key);
    }
  }

  private void takeOther(String word, String key) {
    int dot = key.indexOf('.');
    if (dot > 0 && dot < key.length() - 1) {
      String module = key.substring(0, dot).replace('-', '_');
      moduleWords.computeIfAbsent(module, m -> new ArrayList<>()).add(word.substring(dot + 1));
    } else {
      unknown.add(word);
    }
  }

  private static List<String> packages(String key, String value) {
    List<String> packages = List.of(value.split(","));
    for (String each : packages) {
      boolean isOurs = (each + ".").startsWith("jiffy.") || (each + ".").startsWith("java.");
      if (!PACKAGE.matcher(each).matches() || isOurs) {
        throw bad(key, value, "names of packages of yours, such as com.acme.api,com.acme.spi");
      }
    }
    return packages;
  }

  private static String oneOf(String key, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw bad(key, value, "one of " + String.join(", ", allowed));
    }
    return value;
  }

  private static int number(String key, String value, int least, int most) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad(key, value, "a number from " + least + " to " + most);
    }
    throw bad(key, value, "a number from " + least + " to " + most);
  }

  private static Path directory(String key, String value) {
    if (value.isEmpty()) {
      throw new IllegalArgumentException(key + "= needs a directory: " + key + "=DIR");
    }
    return Path.of(value);
  }

  private static int bytes(String key, String value) {
    int shift = value.endsWith("K") || value.endsWith("k") ? 10 : 0;
    shift = value.endsWith("M") || value.endsWith("m") ? 20 : shift;
    shift = value.endsWith("G") || value.endsWith("g") ? 30 : shift;
    String digits = shift == 0 ? value : value.substring(0, value.length() - 1);
    long given;
    try {
      given = Math.multiplyExact(Long.parseLong(digits), 1L << shift);
    } catch (NumberFormatException | ArithmeticException e) {
      given = -1;
    }
    if (given < LogRing.MIN_BYTES || given > LogRing.MAX_BYTES) {
      throw new IllegalArgumentException(
          "kernel parameter '" + key + "' takes a size from 4K to 1G, not '" + value + "'");
    }
    return Integer.highestOneBit(2 * (int) given - 1);
  }

  private static boolean bool(String key, String value) {
    return switch (value) {
      case "", "1", "y", "Y", "on" -> true;
      case "0", "n", "N", "off" -> false;
      default -> throw bad(key, value, "on or off");
    };
  }

  private static DevKmsg devKmsg(String key, String value) {
    return DevKmsg.of(value).orElseThrow(() -> bad(key, value, "ratelimit, on or off"));
  }

  private static FaultAttributes faults(String key, String value) {
    FaultAttributes faults = FaultAttributes.parse(value);
    if (faults == null) {
      throw bad(key, value, "INTERVAL,PROBABILITY,SPACE,TIMES");
    }
    return faults;
  }

  private static IllegalArgumentException bad(String key, String value, String takes) {
    return new IllegalArgumentException(
        "kernel parameter '" + key + "' takes " + takes + ", not '" + value + "'");
  }

  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (char c : (line + " ").toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (Character.isWhitespace(c) && !quoted) {
        if (word.length() > 0) {
          words.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    if (quoted) {
      throw new IllegalArgumentException("kernel command line: a quote is not closed: " + line);
    }
    return words;
  }

  /** The line as it was given: {@code /proc/cmdline}. */
  public String commandLine() {
    return commandLine;
  }

  /** Ticks a second: 100, 250, 300 or 1000; default 250. */
  public int hz() {
    return hz;
  }

  /** CPUs; default: the host's. */
  public int nrCpus() {
    return nrCpus;
  }

  /** Bytes of the log, a power of two; default 1 MiB. */
  public int logBufLen() {
    return logBufLen;
  }

  /** Console loglevel: the last of {@code loglevel=}, quiet, debug; empty: the default. */
  public Optional<Integer> loglevel() {
    return loglevel < 0 ? Optional.empty() : Optional.of(loglevel);
  }

  /** Whether /dev/kmsg tells who printed. */
  public boolean printkCaller() {
    return printkCaller;
  }

  /** What becomes of writes to /dev/kmsg; if given, it holds until the kernel halts. */
  public Optional<DevKmsg> devKmsg() {
    return Optional.ofNullable(devKmsg);
  }

  /** The kernel's name in messages. */
  public String name() {
    return name;
  }

  /** The kind of timer wheel: {@code 6.1}, the default, or {@code cascading}. */
  public String timerWheel() {
    return timerWheel;
  }

  /** Where the log outlives the process, if anywhere. */
  public Optional<Path> pstore() {
    return Optional.ofNullable(pstore);
  }

  /** The drop folder, if given. */
  public Optional<Path> plugins() {
    return Optional.ofNullable(plugins);
  }

  /** Packages of the embedder's that modules see, with those below. */
  public List<String> exposed() {
    return exposed;
  }

  /** Whether hrtimers are exact; else they run at ticks. */
  public boolean highres() {
    return highres;
  }

  /** For so long before an hrtimer's time its CPU spins instead of sleeping; default 0. */
  public int hrtimerSpinNanos() {
    return hrtimerSpinNanos;
  }

  /** Which allocations of modules are to fail. */
  public FaultAttributes failslab() {
    return failslab;
  }

  /** After how many seconds an init is given up; 0, the default: never. */
  public int initTimeoutSecs() {
    return initTimeoutSecs;
  }

  /** As above, of an exit, if it is given; the default is the modules' to know. */
  public Optional<Integer> exitTimeoutSecs() {
    return exitTimeoutSecs < 0 ? Optional.empty() : Optional.of(exitTimeoutSecs);
  }

  /** Parameters for modules: name to words, in the order given. */
  public Map<String, List<String>> moduleWords() {
    return moduleWords;
  }

  /** Words that nobody knows. */
  public List<String> unknown() {
    return unknown;
  }
}
