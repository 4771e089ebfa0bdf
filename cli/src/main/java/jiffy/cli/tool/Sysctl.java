package jiffy.cli.tool;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.cli.tool.Invocation.NoKernelException;
import jiffy.linux.Errno;

/** {@code sysctl [OPTION...] [NAME[=VALUE]...]}: procps' view of /proc/sys. */
final class Sysctl implements Tool {
  private static final String ROOT = "/proc/sys/";

  private static final String USAGE =
      """

      Usage:
       sysctl [options] [variable[=value] ...]

      Options:
        -a, --all            display all variables
        -A                   alias of -a
        -X                   alias of -a
        -b, --binary         print value without new line
        -e, --ignore         ignore unknown variables errors
        -N, --names          print variable names without values
        -n, --values         print only values of the given variable(s)
        -q, --quiet          do not echo variable set
        -w, --write          enable writing a value to variable
        -o                   does nothing
        -x                   does nothing
        -h, --help           display this help and exit
        -V, --version        output version information and exit
      """;

  @Override
  public int run(Invocation call) throws GoneException, NoKernelException {
    Options options = new Options();
    String complaint = options.parse(call.arguments());
    if (complaint != null) {
      call.err(errorPrefix() + complaint + "\n" + USAGE);
      return 1;
    }
    if (options.help || options.version) {
      call.out(options.help ? USAGE : "sysctl from Jiffy\n");
      return 0;
    }
    if (options.names.isEmpty() && !options.all) {
      call.err(
          errorPrefix() + "no variables specified\nTry `sysctl --help' for more information.\n");
      return 1;
    }
    Run run = new Run(call, call.needKernel(), options);
    if (options.all) {
      return run.showBelow(ROOT);
    }
    int status = 0;
    for (String word : options.names) {
      boolean isSetting = options.write || word.contains("=");
      status |= isSetting ? run.set(word) : run.show(word);
    }
    return status;
  }

  @Override
  public String errorPrefix() {
    return "sysctl: ";
  }

  /** The words of one run. */
  private static final class Options {
    final List<String> names = new ArrayList<>();
    boolean all;
    boolean binary;
    boolean ignore;
    boolean namesOnly;
    boolean valuesOnly;
    boolean quiet;
    boolean write;
    boolean help;
    boolean version;

    /**
     * @return null, or in getopt's words what is wrong
     */
    String parse(List<String> words) {
      boolean isOver = false;
      for (String word : words) {
        if (isOver || !word.startsWith("-") || word.equals("-")) {
          names.add(word);
        } else if (word.equals("--")) {
          isOver = true;
        } else if (word.startsWith("--")) {
          if (!takeLong(word.substring(2))) {
            return "unrecognized option '" + word + "'";
          }
        } else {
          for (char letter : word.substring(1).toCharArray()) {
            if (!take(letter)) {
              return "invalid option -- '" + letter + "'";
            }
          }
        }
      }
      return null;
    }

    private boolean takeLong(String name) {
      return switch (name) {
        case "all" -> take('a');
        case "binary" -> take('b');
        case "ignore" -> take('e');
        case "names" -> take('N');
        case "values" -> take('n');
        case "quiet" -> take('q');
        case "write" -> take('w');
        case "help" -> take('h');
        case "version" -> take('V');
        default -> false;
      };
    }

    private boolean take(char letter) {
      switch (letter) {
        case 'a', 'A', 'X' -> all = true;
        case 'b' -> binary = true;
        case 'e' -> ignore = true;
        case 'N' -> namesOnly = true;
        case 'n' -> valuesOnly = true;
        case 'q' -> quiet = true;
        case 'w' -> write = true;
        case 'h' -> help = true;
        case 'V' -> version = true;
        case 'o', 'x' -> {}
        default -> {
          return false;
        }
      }
      return true;
    }
  }

  /** One run, on its kernel. Functions return the exit status. */
  private record Run(Invocation call, RunningKernel kernel, Options options) {
    /** A variable, or all of a directory. */
    int show(String name) throws GoneException {
      String path = pathOf(name);
      if (isDirectory(path)) {
        return showBelow(path + "/");
      }
      ByteArrayOutputStream text = new ByteArrayOutputStream();
      int error = -kernel.read(path, call.user(), (bytes, n) -> text.write(bytes, 0, n));
      if (error != 0) {
        return complain(path, error);
      }
      call.out(shown(nameOf(path), text.toString(StandardCharsets.UTF_8)));
      return 0;
    }

    int showBelow(String directory) throws GoneException {
      int status = 0;
      for (String file : kernel.files()) {
        if (file.startsWith(directory)) {
          status |= show(file.substring(ROOT.length()));
        }
      }
      return status;
    }

    /** A line of the file is a line with the name before it. */
    private String shown(String name, String text) {
      if (options.namesOnly) {
        return name + "\n";
      }
      if (options.binary) {
        return text.stripTrailing();
      }
      StringBuilder lines = new StringBuilder();
      for (String line : text.isEmpty() ? List.of("") : text.lines().toList()) {
        lines.append(options.valuesOnly ? "" : name + " = ").append(line).append('\n');
      }
      return lines.toString();
    }

    int set(String setting) throws GoneException {
      int equals = setting.indexOf('=');
      if (equals <= 0) {
        call.err(
            equals < 0
                ? "sysctl: \"" + setting + "\" must be of the form name=value\n"
                : "sysctl: malformed setting \"" + setting + "\"\n");
        return 1;
      }
      String path = pathOf(setting.substring(0, equals));
      String value = setting.substring(equals + 1);
      byte[] line = (value + "\n").getBytes(StandardCharsets.UTF_8);
      RunningKernel.Written written = kernel.write(path, call.user(), line);
      int error = -written.error();
      if (error == Errno.ENOENT && !written.isOpened()) {
        return complain(path, error);
      }
      String name = nameOf(path);
      if (!written.isOpened() && (error == Errno.EACCES || error == Errno.EPERM)) {
        call.err("sysctl: permission denied on key \"" + name + "\"\n");
        return 1;
      }
      if (error != 0) {
        call.err("sysctl: setting key \"" + name + "\": " + Strerror.of(error) + "\n");
        return 1;
      }
      if (!options.quiet) {
        call.out(shown(name, value));
      }
      return 0;
    }

    private int complain(String path, int error) throws GoneException {
      if (error != Errno.ENOENT) {
        call.err("sysctl: reading key \"" + nameOf(path) + "\": " + Strerror.of(error) + "\n");
        return 1;
      }
      if (options.ignore) {
        return 0;
      }
      call.err("sysctl: cannot stat " + path + ": " + Strerror.of(error) + "\n");
      return 1;
    }

    private boolean isDirectory(String path) {
      return kernel.files().stream().anyMatch(file -> file.startsWith(path + "/"));
    }

    /** Dots are slashes, and slashes dots, if a dot comes first; else all is as it is. */
    private static String pathOf(String name) {
      int dot = name.indexOf('.');
      int slash = name.indexOf('/');
      boolean isPath = dot < 0 || slash >= 0 && slash < dot;
      return ROOT + (isPath ? name : swapped(name));
    }

    private static String nameOf(String path) {
      return swapped(path.substring(ROOT.length()));
    }

    private static String swapped(String name) {
      return name.replace('.', '\0').replace('/', '.').replace('\0', '/');
    }
  }
}
