package jiffy.cli.dmesg.time;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.Message;
import jiffy.cli.dmesg.record.MessageParser;
import jiffy.cli.dmesg.record.RecordSource;

/**
 * The log as syslog(2) gives it out: each line of a record is a record of its own, properties are
 * left out, and a buffer of a given size gets the newest records that it holds whole.
 */
public final class SyslogText {
  private SyslogText() {}

  /**
   * The lines of all that can be read now.
   *
   * @param bufferSize bytes of text, with the prefix of each line; 0 for all there is
   */
  public static Collection<Message> lines(RecordSource.Reading reading, long bufferSize)
      throws IOException {
    Deque<Message> records = new ArrayDeque<>();
    long size = 0;
    for (KmsgRecord next = reading.poll(); next != null; next = reading.poll()) {
      Message record = MessageParser.kmsg(next);
      if (record == null) {
        continue;
      }
      records.add(record);
      size += size(record);
      while (bufferSize > 0 && size > bufferSize) {
        size -= size(records.remove());
      }
    }
    Deque<Message> lines = new ArrayDeque<>();
    for (Message record : records) {
      for (String line : record.text().split("\n", -1)) {
        lines.add(record.withText(line));
      }
    }
    return lines;
  }

  /** The bytes of {@code <6>[ 1.000000][ T77] line} and newline, of all its lines. */
  private static long size(Message record) {
    int prefix = 5 + Integer.toString(record.priority()).length();
    prefix += TimeStamps.seconds(record.timeMicros()).length();
    prefix += record.caller() == null ? 0 : 2 + Math.max(6, record.caller().length());
    long lines = record.text().chars().filter(c -> c == '\n').count() + 1;
    return record.text().length() + lines * prefix + 1;
  }
}
