package jiffy.cli.dmesg.print;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The user's word on colours in terminal-colors.d(5): files {@code dmesg.disable}, {@code disable},
 * {@code @xterm.enable} and so on, whose contents do not matter. Schemes are not read.
 */
public final class TerminalColors {
  private static final Path SYSTEM = Path.of("/etc/terminal-colors.d");

  /** {@code [[name][@terminal].]type}. */
  private static final Pattern FILE =
      Pattern.compile("(?:([^@.]*)(?:@([^.]+))?\\.)?(enable|disable)");

  private TerminalColors() {}

  /** Whether the file that says most about dmesg on this terminal switches colours off. */
  public static boolean areDisabled(Map<String, String> environment) {
    try (Stream<Path> files = Files.list(directory(environment))) {
      String terminal = environment.getOrDefault("TERM", "");
      // Twice what the name says, and the 1 of an enable, which wins a draw.
      int word = files.mapToInt(file -> rank(file, terminal)).max().orElse(0);
      return word > 0 && word % 2 == 0;
    } catch (IOException none) {
      return false;
    }
  }

  private static Path directory(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    String config = environment.getOrDefault("XDG_CONFIG_HOME", "");
    if (config.isEmpty() && !home.isEmpty()) {
      config = home + "/.config";
    }
    try {
      Path own = Path.of(config, "terminal-colors.d");
      return !config.isEmpty() && Files.isDirectory(own) ? own : SYSTEM;
    } catch (InvalidPathException noPath) {
      return SYSTEM;
    }
  }

  /** How much a file says: its type 1, the terminal 10, the program 20; 0 if it is not for us. */
  private static int rank(Path file, String terminal) {
    Matcher name = FILE.matcher(file.getFileName().toString());
    if (!name.matches()) {
      return 0;
    }
    boolean ofProgram = name.group(1) != null && !name.group(1).isEmpty();
    boolean ofTerminal = name.group(2) != null;
    if (ofProgram && !name.group(1).equals("dmesg")
        || ofTerminal && !name.group(2).equals(terminal)) {
      return 0;
    }
    int score = 1 + (ofProgram ? 20 : 0) + (ofTerminal ? 10 : 0);
    return 2 * score + (name.group(3).equals("enable") ? 1 : 0);
  }
}
