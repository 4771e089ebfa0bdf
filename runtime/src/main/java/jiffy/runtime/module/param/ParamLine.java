package jiffy.runtime.module.param;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ENOSPC;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_unlock;

import java.util.List;
import java.util.stream.Collectors;
import jiffy.types.Mutex;

/**
 * Reads a line of parameters, {@code a=1 b="x y" c -- rest}, as {@code parse_args} does.
 *
 * <p>From left to right; a later value of the same parameter wins. Unknown names are warned about
 * and ignored. After a bad value the rest is still read, so that one attempt shows all mistakes;
 * the last error is the result.
 */
public final class ParamLine {
  /** Takes the messages. */
  @FunctionalInterface
  public interface Log {
    /**
     * @param level of the record
     */
    void print(int level, String text);
  }

  private static final int ERR = 3;
  private static final int WARNING = 4;

  /** A hint for Linux's driver core, which every module takes. */
  private static final String ASYNC_PROBE = "async_probe";

  private final String module;
  private final List<Param> params;
  private final Mutex lock;
  private final Log log;
  private String rest;
  private String name;
  private String value;
  private int error;

  private ParamLine(String module, String line, List<Param> params, Mutex lock, Log log) {
    this.module = module;
    this.rest = line;
    this.params = params;
    this.lock = lock;
    this.log = log;
  }

  /**
   * Sets parameters, each with the lock held.
   *
   * @param module for messages
   * @return 0 or a negative errno
   * @throws Throwable what a callback throws; the rest of the line is not read then
   */
  static int apply(String module, String line, List<Param> params, Mutex lock, Log log)
      throws Throwable {
    return new ParamLine(module, line, params, lock, log).apply();
  }

  /**
   * Words as a shell gives them, as one line: a value with blanks that has no quotes gets them, as
   * kmod does it.
   */
  public static String join(List<String> words) {
    return words.stream().map(ParamLine::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    int equals = word.indexOf('=');
    String value = word.substring(equals + 1);
    boolean needed = equals > 0 && value.indexOf('"') < 0 && value.chars().anyMatch(c -> c == ' ');
    return needed ? word.substring(0, equals + 1) + '"' + value + '"' : word;
  }

  private int apply() throws Throwable {
    skipBlanks();
    while (!rest.isEmpty()) {
      nextArgument();
      if (value == null && name.equals("--")) {
        if (error == 0) {
          log.print(WARNING, module + ": parameters '" + rest + "' after `--' ignored");
        }
        return -error;
      }
      setOne();
    }
    return -error;
  }

  private void setOne() throws Throwable {
    for (Param param : params) {
      if (param.isCalled(name)) {
        int result = set(param);
        if (result != 0) {
          complain(param, result);
        }
        return;
      }
    }
    if (!name.equals(ASYNC_PROBE)) {
      log.print(WARNING, module + ": unknown parameter '" + name + "' ignored");
    }
  }

  private int set(Param param) throws Throwable {
    mutex_lock(lock);
    try {
      return param.set(value);
    } finally {
      mutex_unlock(lock);
    }
  }

  private void complain(Param param, int result) {
    error = result < 0 ? -result : EINVAL;
    if (error == ENOENT) {
      log.print(ERR, module + ": Unknown parameter `" + name + "'");
      return;
    }
    String text = value == null ? "" : value;
    if (param.spec.isArray() && text.indexOf(',') >= 0) {
      text = text.substring(0, text.indexOf(',')); // Linux has cut it at its commas by then
    }
    String verdict = error == ENOSPC ? "' too large for parameter `" : "' invalid for parameter `";
    log.print(ERR, module + ": `" + text + verdict + name + "'");
  }

  /** {@code next_arg} of lib/cmdline.c: quotes may enclose the value or the whole word. */
  private void nextArgument() {
    boolean quoted = rest.startsWith("\"");
    boolean inQuotes = quoted;
    String text = quoted ? rest.substring(1) : rest;
    int equals = 0;
    int end = 0;
    for (; end < text.length(); end++) {
      char c = text.charAt(end);
      if (isBlank(c) && !inQuotes) {
        break;
      }
      if (equals == 0 && c == '=') {
        equals = end;
      }
      inQuotes ^= c == '"';
    }
    String word = text.substring(0, end);
    name = equals == 0 ? word : word.substring(0, equals);
    value = equals == 0 ? null : word.substring(equals + 1);
    if (value != null && value.startsWith("\"")) {
      value = withoutQuote(value.substring(1));
    } else if (quoted && value != null) {
      value = withoutQuote(value);
    } else if (quoted) {
      name = withoutQuote(name);
    }
    rest = text.substring(Math.min(end + 1, text.length()));
    skipBlanks();
  }

  private static String withoutQuote(String text) {
    return text.endsWith("\"") ? text.substring(0, text.length() - 1) : text;
  }

  private void skipBlanks() {
    int from = 0;
    while (from < rest.length() && isBlank(rest.charAt(from))) {
      from++;
    }
    rest = rest.substring(from);
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c >= '\t' && c <= '\r';
  }
}
