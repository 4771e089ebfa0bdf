package jiffy.cli.dmesg.print;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import jiffy.cli.dmesg.record.Bytes;
import jiffy.cli.dmesg.record.Message;
import jiffy.cli.dmesg.time.TimeStamps;
import jiffy.runtime.printk.SyslogNames;

/** Writes records as lines: {@code facility:level: [time] [caller] text}. */
public final class TextPrinter implements Printer {
  /**
   * How a line looks.
   *
   * @param decode facility and level by name in front ({@code -x})
   * @param raw {@code <priority>[time]} in front ({@code -r}) and nothing else
   * @param adjoining whether the caller id of a raw line touches its time, as in syslog(2)
   * @param everyLine the prefix on each line of a record ({@code -p}), not on the first alone
   * @param escape whether control characters are escaped
   * @param utf8 whether UTF-8 text need not be escaped
   * @param callerWidth columns for the caller id
   */
  public record Layout(
      boolean decode,
      boolean raw,
      boolean adjoining,
      boolean everyLine,
      boolean escape,
      boolean utf8,
      int callerWidth) {}

  private final Layout layout;
  private final TimeStamps stamps;
  private final Colors colors;

  public TextPrinter(Layout layout, TimeStamps stamps, Colors colors) {
    this.layout = layout;
    this.stamps = stamps;
    this.colors = colors;
  }

  @Override
  public void print(Message message, StringBuilder out) {
    List<TimeStamps.Stamp> time = stamps.next(message);
    if (message.text().isEmpty()) {
      out.append('\n');
      return;
    }
    if (!layout.everyLine) {
      line(message, time, message.text(), out);
      return;
    }
    String[] lines =
        Arrays.stream(message.text().split("\n")).filter(l -> !l.isEmpty()).toArray(String[]::new);
    for (int i = 0; i < Math.max(1, lines.length); i++) {
      List<TimeStamps.Stamp> mark = i == 0 ? time : stamps.again(message);
      line(message, mark, lines.length == 0 ? "" : lines[i], out);
    }
  }

  @Override
  public void skip(Message message) {
    stamps.skip(message);
  }

  @Override
  public void end(StringBuilder out) {}

  /** Appends one prefix and text; further lines of the text start in the column of the first. */
  private void line(Message message, List<TimeStamps.Stamp> time, String text, StringBuilder out) {
    int width = 0;
    if (layout.raw) {
      width += append(out, rawPrefix(message));
    } else {
      if (layout.decode && message.priority() >= 0) {
        width += append(out, names(message));
      }
      for (TimeStamps.Stamp stamp : time) {
        out.append(colors.stamp(stamp));
        width += stamp.text().length();
      }
    }
    if (message.caller() != null) {
      String id = " ".repeat(Math.max(0, layout.callerWidth - message.caller().length()));
      width += append(out, "[" + id + message.caller() + "] ");
    }
    String safe = layout.escape ? Bytes.escape(text, layout.utf8) : text;
    out.append(colors.text(indented(safe, width), message.level())).append('\n');
  }

  private String rawPrefix(Message message) {
    if (message.priority() < 0) {
      return ""; // of a file, and so it stood there
    }
    String time = "[" + TimeStamps.seconds(message.timeMicros()) + "]";
    String blank = layout.adjoining && message.caller() != null ? "" : " ";
    return "<" + message.priority() + ">" + time + blank;
  }

  private static String names(Message message) {
    String facility = SyslogNames.facility(message.facility());
    String level = SyslogNames.LEVELS.get(message.level());
    return String.format(Locale.ROOT, "%-6s:%-6s: ", facility, level);
  }

  private static int append(StringBuilder out, String text) {
    out.append(text);
    return text.length();
  }

  /** Indents all lines but the first; an empty last one is no line. */
  private static String indented(String text, int width) {
    int last = text.length() - 1;
    int newline = text.indexOf('\n');
    if (newline < 0 || newline == last) {
      return text;
    }
    String tail = text.charAt(last) == '\n' ? "\n" : "";
    String body = text.substring(0, last + 1 - tail.length());
    return body.replace("\n", "\n" + " ".repeat(width)) + tail;
  }
}
