package jiffy.cli.dmesg.record;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads records in their two written forms: that of /dev/kmsg and that of syslog(2). */
public final class MessageParser {
  private static final long MICROS_PER_SECOND = 1_000_000;

  /** The longest record that /dev/kmsg may return, in bytes. */
  private static final int KMSG_RECORD_MAX = 2048;

  private static final Pattern KMSG_HEADER = Pattern.compile(" *(\\d{1,9}),\\d+,(\\d+),([^;]*);");
  private static final Pattern KMSG_CALLER = Pattern.compile(",caller=([TC]\\d+)");

  private static final Pattern SYSLOG_PRIORITY = Pattern.compile("<(\\d{1,9})>");
  private static final Pattern SYSLOG_TIME = Pattern.compile("\\[ *(\\d+)\\.(\\d+)\\] ?");
  private static final Pattern SYSLOG_CALLER = Pattern.compile("\\[ *([TC]\\d+)\\] ?");

  private MessageParser() {}

  /** Reads a record of the running kernel; null if it is none. */
  public static Message kmsg(KmsgRecord record) {
    Message message = kmsg(record.text());
    return message == null ? null : message.from(record);
  }

  /**
   * Reads one /dev/kmsg record. Its properties (further lines) and header fields other than caller
   * are passed over.
   *
   * @return the record, or null if it is none
   */
  public static Message kmsg(String record) {
    Matcher header = KMSG_HEADER.matcher(record);
    if (!header.lookingAt()) {
      return null;
    }
    int end = record.endsWith("\n") ? record.length() - 1 : record.length();
    int newline = record.indexOf('\n', header.end());
    boolean properties = newline >= 0 && newline < end - 1; // else it is a blank line: text
    String text = record.substring(header.end(), properties ? newline : end);
    Matcher caller = KMSG_CALLER.matcher(header.group(3));
    return new Message(
        Integer.parseInt(header.group(1)),
        saturated(header.group(2)),
        caller.find() ? caller.group(1) : null,
        Bytes.unescape(Bytes.text(text)));
  }

  /** Cuts a file of /dev/kmsg records with a NUL byte after each. */
  public static List<String> kmsgRecords(String file) throws DmesgFailure {
    List<String> records = new ArrayList<>();
    for (int begin = 0; begin < file.length(); ) {
      int nul = file.indexOf('\0', begin);
      int end = nul < 0 ? file.length() : nul;
      if (end - begin > KMSG_RECORD_MAX) {
        throw DmesgFailure.of("record too large");
      }
      records.add(file.substring(begin, end));
      begin = end + 1;
    }
    return records;
  }

  /** Reads the text that syslog(2) returns. A record starts at each line that starts with "<". */
  public static List<Message> syslog(String file) {
    List<Message> messages = new ArrayList<>();
    for (int begin = 0; begin < file.length(); ) {
      int next = file.indexOf("\n<", begin);
      int end = next < 0 ? file.length() : next;
      boolean terminated = next < 0 && file.charAt(end - 1) == '\n';
      messages.add(syslogRecord(file.substring(begin, terminated ? end - 1 : end)));
      begin = end + 1;
    }
    return messages;
  }

  private static Message syslogRecord(String record) {
    int begin = 0;
    int priority = -1;
    long timeMicros = 0;
    String caller = null;
    Matcher field = SYSLOG_PRIORITY.matcher(record);
    if (field.lookingAt()) {
      priority = Integer.parseInt(field.group(1));
      begin = field.end();
    }
    field = SYSLOG_TIME.matcher(record).region(begin, record.length());
    if (field.lookingAt()) {
      long seconds = Math.min(saturated(field.group(1)), Long.MAX_VALUE / MICROS_PER_SECOND - 1);
      timeMicros = seconds * MICROS_PER_SECOND + saturated(field.group(2)) % MICROS_PER_SECOND;
      begin = field.end();
      field = SYSLOG_CALLER.matcher(record).region(begin, record.length());
      if (field.lookingAt()) {
        caller = field.group(1);
        begin = field.end();
      }
    }
    return new Message(priority, timeMicros, caller, record.substring(begin));
  }

  /** A number of any length, held at {@link Long#MAX_VALUE}. */
  private static long saturated(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException tooLong) {
      return Long.MAX_VALUE;
    }
  }
}
