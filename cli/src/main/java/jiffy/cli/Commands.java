package jiffy.cli;

import java.util.List;

/** The table of commands, as {@code jiffy --help} shows it. */
final class Commands {
  /** What each is: name, arguments, what it does. */
  private static final String[][] THERE = {
    {"run", "[PARAM=VALUE...]", "run a kernel here, log on the terminal; Ctrl-C halts it"},
    {"boot", "[PARAM=VALUE...]", "start a kernel in the background"},
    {"halt", "", "unload everything in reverse order and stop the kernel"},
    {"status", "", "show pid, uptime, modules, state directory"},
    {"insmod", "FILE [param=value...]", "load a module"},
    {"modprobe", "[-r] NAME [param=value...]", "load or unload (-r) a module with all it needs"},
    {"rmmod", "[-f] NAME|FILE...", "unload modules"},
    {"lsmod", "[-J]", "list modules; -J: as JSON"},
    {"modinfo", "[OPTION...] NAME|FILE...", "show what modules say of themselves"},
    {"depmod", "[OPTION...] [VERSION]", "write the index of a tree of modules, or check them"},
    {"dmesg", "[OPTION...]", "show, follow or clear the kernel log"},
    {"pstore", "[DIR|FILE] [OPTION...]", "show the log of a kernel that died; --list: of each"},
    {"cat", "FILE...", "show files such as /proc/modules or /dev/kmsg"},
    {"ls", "[-l] [FILE...]", "list the directories that these files are in"},
    {"write", "[-n] FILE [TEXT...]", "write a line to such a file; -n: without its newline"},
    {"sysctl", "[-a] [NAME[=VALUE]...]", "show or change settings, such as kernel.printk"},
    {"irq", "N...", "interrupt the kernel on lines N, see /proc/interrupts"},
  };

  private static final String[] NOT_YET = {"shell", "ps", "top", "trace", "sysrq", "new"};

  /** No tool of Linux's: their options are what these say. */
  private static final List<String> OUR_OWN =
      List.of("run", "boot", "halt", "status", "cat", "ls", "write", "irq");

  private Commands() {}

  /** Whether one of those takes the option, all of which take {@code --help}. */
  static boolean takesOption(String name, String option) {
    return name.equals("write") && option.equals("-n") || name.equals("ls") && option.equals("-l");
  }

  static boolean isOurOwn(String name) {
    return OUR_OWN.contains(name);
  }

  static boolean isThere(String name) {
    for (String[] command : THERE) {
      if (command[0].equals(name)) {
        return true;
      }
    }
    return false;
  }

  /** Why a command that is not there is not. */
  static String complaint(String name) {
    for (String later : NOT_YET) {
      if (later.equals(name)) {
        return "jiffy: '" + name + "' is not there yet";
      }
    }
    String similar = mostSimilar(name);
    return "jiffy: there is no command '"
        + name
        + "'"
        + (similar == null ? "; see 'jiffy --help'" : "; did you mean '" + similar + "'?");
  }

  static String help() {
    StringBuilder help = new StringBuilder();
    help.append("Usage: jiffy COMMAND [ARGUMENT...]\n\n");
    for (String[] command : THERE) {
      String left = "  " + command[0] + (command[1].isEmpty() ? "" : " " + command[1]);
      help.append(left).append(" ".repeat(Math.max(2, 32 - left.length())));
      help.append(command[2]).append('\n');
    }
    help.append("\nFiles: control.sock, pid, console.log, host.log in $JIFFY_RUN, else in\n");
    help.append("$XDG_RUNTIME_DIR/jiffy, else in ~/.jiffy/run. Modules that are put into\n");
    help.append("plugins/ (or the directory of plugins=DIR) are loaded, removed ones unloaded.\n");
    return help.toString();
  }

  private static String mostSimilar(String name) {
    String best = null;
    int least = 3; // two slips of the finger at most
    for (String[] command : THERE) {
      int distance = distance(name, command[0]);
      if (distance < least && distance < command[0].length()) {
        least = distance;
        best = command[0];
      }
    }
    return best;
  }

  /** Levenshtein's, with one row of the table. */
  private static int distance(String from, String to) {
    int[] row = new int[to.length() + 1];
    for (int j = 0; j <= to.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}
