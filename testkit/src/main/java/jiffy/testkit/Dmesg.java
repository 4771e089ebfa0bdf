package jiffy.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import org.assertj.core.api.AssertProvider;

/**
 * A kernel's log as it was at one moment: {@code assertThat(kernel.dmesg()).hasText(...)}.
 * Immutable.
 */
public final class Dmesg implements AssertProvider<DmesgAssert> {
  private static final int ALERT = 1;

  /** A record: severity 0 to 7, time since boot, text. */
  public record Line(int level, long nanos, String text) {
    /** As dmesg prints it: {@code [ 1.234567] text}. */
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "[%5d.%06d] %s", nanos / 1_000_000_000, nanos / 1_000 % 1_000_000, text);
    }

    /** Whether the kernel complains in it: of a bug, a misuse, or of what rmmod had to clean up. */
    boolean isComplaint() {
      return level <= ALERT
          || text.startsWith("BUG:")
          || text.startsWith("WARNING:")
          || text.startsWith("ODEBUG:")
          || text.contains(" was left behind: ");
    }
  }

  private final List<Line> lines;

  private Dmesg(List<Line> lines) {
    this.lines = lines;
  }

  /** What is in the log now, from the last clear on. */
  static Dmesg of(Log log) {
    List<Line> lines = new ArrayList<>();
    LogReader reader = log.ring().reader();
    if (reader.position() < log.clearSeq()) {
      reader.seek(log.clearSeq());
    }
    LogRecord record = new LogRecord();
    while (reader.read(record)) {
      lines.add(new Line(record.level(), record.nanos(), record.text()));
    }
    return new Dmesg(List.copyOf(lines));
  }

  /** The records, oldest first. */
  public List<Line> lines() {
    return lines;
  }

  /** Their texts. */
  public List<String> texts() {
    return lines.stream().map(Line::text).toList();
  }

  @Override
  public DmesgAssert assertThat() {
    return new DmesgAssert(this);
  }

  /** As dmesg prints it. */
  @Override
  public String toString() {
    return String.join("\n", lines.stream().map(Line::toString).toList());
  }
}
