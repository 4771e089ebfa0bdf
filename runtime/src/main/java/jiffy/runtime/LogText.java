package jiffy.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;

/** The log as lines, in dmesg's default form, for embedders and tests. */
final class LogText {
  private LogText() {}

  static List<String> lines(Log log) {
    List<String> lines = new ArrayList<>();
    LogReader reader = log.ring().reader();
    if (reader.position() < log.clearSeq()) {
      reader.seek(log.clearSeq());
    }
    LogRecord record = new LogRecord();
    while (reader.read(record)) {
      String prefix =
          String.format(
              Locale.ROOT,
              "[%5d.%06d] ",
              record.nanos() / 1_000_000_000,
              record.nanos() / 1_000 % 1_000_000);
      String indent = " ".repeat(prefix.length());
      String before = prefix;
      for (String line : record.text().split("\n", -1)) {
        lines.add(before + line);
        before = indent;
      }
    }
    return lines;
  }
}
