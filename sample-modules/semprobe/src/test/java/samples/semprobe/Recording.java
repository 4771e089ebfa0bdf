package samples.semprobe;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a section printed, on Linux or here: its lines from start to end, without time stamps; of a
 * report between "cut here" and "end trace", its first line only; of a stack, nothing. Immutable.
 */
final class Recording {
  private static final Pattern START = Pattern.compile("semprobe: == section .* jiffies=(\\d+) .*");

  /** Key of a kernel's warning. */
  static final String WARNING = "WARNING";

  /** One line. The key is what comes before its answers, and its number among those of that key. */
  record Line(String key, String text) {}

  final List<Line> lines;

  private Recording(List<Line> lines) {
    this.lines = List.copyOf(lines);
  }

  /** A section that was recorded on Linux 6.1. */
  static Recording ofLinux(String section) throws IOException {
    try (InputStream in =
        Recording.class.getResourceAsStream("/truth/semprobe_" + section + ".dmesg")) {
      return of(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
  }

  /** The section in what dmesg prints. */
  static Recording of(List<String> dmesg) {
    List<Line> lines = new ArrayList<>();
    boolean inside = false;
    boolean inReport = false;
    boolean inStack = false;
    for (String stamped : dmesg) {
      String text = stamped.substring(stamped.indexOf(']') + 2);
      inside |= START.matcher(text).matches();
      inReport |= text.contains("[ cut here ]");
      inStack |= !inReport && text.startsWith("CPU: ");
      // On a host a handler's line may come in the midst of a task's report.
      boolean isOfReport = (inStack || inReport) && !text.startsWith("semprobe: ");
      if (inside && (!isOfReport || !inStack && text.startsWith(WARNING))) {
        String start = keyOf(text);
        long before = lines.stream().filter(line -> keyOf(line.text).equals(start)).count();
        lines.add(new Line(before == 0 ? start : start + " #" + (before + 1), text));
      }
      inReport &= !text.startsWith("---[ end trace");
      inStack &= !text.matches(" </(TASK|IRQ)>");
      inside &= !text.matches("semprobe: == section .* end");
    }
    return new Recording(lines);
  }

  private static String keyOf(String text) {
    if (text.startsWith(WARNING)) {
      return WARNING;
    }
    String bare = text.startsWith("semprobe: ") ? text.substring(10) : text;
    int end = bare.indexOf(" | ");
    if (end < 0) {
      end = bare.indexOf('=', 2);
    }
    return end < 0 ? bare : bare.substring(0, end);
  }

  /** Jiffies at which it began. */
  long startJiffies() {
    Matcher start = START.matcher(lines.get(0).text);
    if (!start.matches()) {
      throw new IllegalStateException("no start in " + lines.get(0));
    }
    return Long.parseLong(start.group(1));
  }

  /** Its only line of that key, or null. */
  String text(String key) {
    return lines.stream().filter(l -> l.key.equals(key)).map(l -> l.text).findFirst().orElse(null);
  }

  /** The keys, in order. */
  List<String> keys() {
    return lines.stream().map(Line::key).toList();
  }
}
