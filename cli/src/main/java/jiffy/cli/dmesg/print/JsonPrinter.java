package jiffy.cli.dmesg.print;

import jiffy.cli.dmesg.record.Bytes;
import jiffy.cli.dmesg.record.Message;
import jiffy.cli.dmesg.time.TimeStamps;
import jiffy.runtime.printk.SyslogNames;

/** Writes records as one JSON object, its array {@code dmesg} holding an object a record. */
public final class JsonPrinter implements Printer {
  private static final String MEMBER = "         ";

  private final boolean decode;
  private boolean begun;

  /** A printer that names facility and level if {@code decode}, and gives the number if not. */
  public JsonPrinter(boolean decode) {
    this.decode = decode;
  }

  @Override
  public void print(Message message, StringBuilder out) {
    if (message.text().isEmpty()) {
      return;
    }
    out.append(begun ? "},{\n" : "{\n   \"dmesg\": [\n      {\n");
    begun = true;
    if (message.priority() >= 0) {
      if (decode) {
        member(out, "fac").append('"').append(SyslogNames.facility(message.facility()));
        out.append("\",\n");
        member(out, "pri").append('"').append(SyslogNames.LEVELS.get(message.level()));
        out.append("\",\n");
      } else {
        member(out, "pri").append(message.priority()).append(",\n");
      }
    }
    member(out, "time").append(TimeStamps.seconds(message.timeMicros())).append(",\n");
    if (message.caller() != null) {
      Bytes.quote(member(out, "caller"), message.caller());
      out.append(",\n");
    }
    Bytes.quote(member(out, "msg"), message.text());
    out.append("\n      ");
  }

  @Override
  public void skip(Message message) {}

  @Override
  public void end(StringBuilder out) {
    out.append(begun ? "}\n   ]\n}\n" : "{\n   \"dmesg\": []\n}\n");
  }

  private static StringBuilder member(StringBuilder out, String name) {
    return out.append(MEMBER).append('"').append(name).append("\": ");
  }
}
