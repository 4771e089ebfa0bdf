package jiffy.cli.dmesg.print;

import jiffy.cli.dmesg.record.Message;

/** Writes records in one form. Confined to one thread. */
public interface Printer {
  /** Appends a record. */
  void print(Message message, StringBuilder out);

  /** Passes over a record that the filter rejected. */
  void skip(Message message);

  /** Appends what comes after the last record. */
  void end(StringBuilder out);
}
