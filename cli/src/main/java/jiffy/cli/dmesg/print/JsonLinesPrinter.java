package jiffy.cli.dmesg.print;

import jiffy.cli.dmesg.record.Bytes;
import jiffy.cli.dmesg.record.Message;
import jiffy.cli.dmesg.time.TimeStamps;
import jiffy.runtime.printk.SyslogNames;

/** Writes each record as a JSON object in a line of its own: JSON Lines, which needs no end. */
public final class JsonLinesPrinter implements Printer {
  private final boolean decode;

  /** A printer that names facility and level if {@code decode}, and gives the number if not. */
  public JsonLinesPrinter(boolean decode) {
    this.decode = decode;
  }

  @Override
  public void print(Message message, StringBuilder out) {
    if (message.text().isEmpty()) {
      return;
    }
    out.append('{');
    if (message.priority() >= 0 && decode) {
      out.append("\"fac\":\"").append(SyslogNames.facility(message.facility()));
      out.append("\",\"pri\":\"").append(SyslogNames.LEVELS.get(message.level())).append("\",");
    } else if (message.priority() >= 0) {
      out.append("\"pri\":").append(message.priority()).append(',');
    }
    out.append("\"time\":").append(TimeStamps.seconds(message.timeMicros()).strip()).append(',');
    if (message.caller() != null) {
      Bytes.quote(out.append("\"caller\":"), message.caller());
      out.append(',');
    }
    Bytes.quote(out.append("\"msg\":"), message.text());
    out.append("}\n");
  }

  @Override
  public void skip(Message message) {}

  @Override
  public void end(StringBuilder out) {}
}
