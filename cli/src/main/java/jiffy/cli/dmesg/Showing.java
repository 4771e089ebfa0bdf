package jiffy.cli.dmesg;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZonedDateTime;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.dmesg.print.Colors;
import jiffy.cli.dmesg.print.JsonLinesPrinter;
import jiffy.cli.dmesg.print.JsonPrinter;
import jiffy.cli.dmesg.print.Output;
import jiffy.cli.dmesg.print.Printer;
import jiffy.cli.dmesg.print.TextPrinter;
import jiffy.cli.dmesg.record.Bytes;
import jiffy.cli.dmesg.record.DmesgFailure;
import jiffy.cli.dmesg.record.KmsgExport;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.Message;
import jiffy.cli.dmesg.record.MessageParser;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.cli.dmesg.time.SyslogText;
import jiffy.cli.dmesg.time.TimeExpression;
import jiffy.cli.dmesg.time.TimeStamps;
import jiffy.cli.dmesg.time.WallClock;

/** One reading of a log: from where it is, through the filter and a printer, to the client. */
final class Showing {
  private final Options options;
  private final Client client;
  private final RecordSource source;
  private final Output out;
  private final ClientFiles files;
  private final WallClock wallClock;
  private final Filter filter;
  private final Printer printer;

  /** Reads what {@code options} ask for. */
  Showing(Options options, Client client, RecordSource source, Clock clock, Output out)
      throws DmesgFailure {
    this.options = options;
    this.client = client;
    this.source = source;
    this.out = out;
    files = new ClientFiles(client.workingDirectory());
    wallClock = WallClock.of(client.environment(), source.bootEpochMicros());
    filter = filter(clock.instant().atZone(wallClock.zone()));
    printer = printer();
  }

  /** Shows it, to its end. */
  void run() throws DmesgFailure, Output.Gone, InterruptedException {
    refuseWhatSyslogTextHasNot();
    if (options.exportKmsg != null) {
      export();
      return;
    }
    if (options.isPaged()) {
      out.page(client.terminal());
    }
    if (options.isOfFile()) {
      showFile();
    } else {
      showLog();
    }
  }

  private void refuseWhatSyslogTextHasNot() throws DmesgFailure {
    boolean syslogText = options.file != null || options.syslog;
    if (options.raw && syslogText && (options.levels != -1 || options.facilities != -1)) {
      throw DmesgFailure.of(
          "--raw can be used together with --level or --facility only when reading messages from"
              + " /dev/kmsg");
    }
    if (options.forcePrefix && syslogText) {
      throw DmesgFailure.of("only kmsg supports multi-line messages");
    }
    if (!options.modules.isEmpty() && options.isOfFile()) {
      throw DmesgFailure.of(
          "--module can be used only on the log of a running kernel: a file does not say whose"
              + " records it holds");
    }
  }

  private void showFile() throws DmesgFailure, Output.Gone {
    if (options.file != null && options.raw && !options.json && options.grep == null) {
      copy(files.read(options.file));
    } else if (options.file != null) {
      for (Message message : MessageParser.syslog(files.read(options.file))) {
        show(message);
      }
      printer.end(out.pending());
    } else {
      for (String record : MessageParser.kmsgRecords(files.read(options.kmsgFile))) {
        show(MessageParser.kmsg(record));
      }
      printer.end(out.pending());
    }
    if (options.waits()) {
      out.flush();
      tell("a file is not followed: this was all of it");
    }
  }

  /** Copies syslog(2) text as it is, escaped. */
  private void copy(String text) {
    boolean utf8 = Bytes.isUtf8(client.environment());
    out.pending().append(options.noEscape ? text : Bytes.escape(text, utf8));
    if (!text.isEmpty() && !text.endsWith("\n")) {
      out.pending().append('\n');
    }
  }

  /** Shows the kernel's own log, and waits for more if asked to. */
  private void showLog() throws DmesgFailure, Output.Gone, InterruptedException {
    RecordSource.Start start =
        options.followNew ? RecordSource.Start.NEWEST : RecordSource.Start.CLEAR_MARK;
    try (RecordSource.Reading reading = source.open(start)) {
      if (options.waits()) {
        follow(reading);
        printer.end(out.pending());
        return;
      }
      reading.endAtNewest();
      if (options.syslog) {
        for (Message line : SyslogText.lines(reading, options.bufferSize)) {
          show(line);
        }
      } else {
        for (KmsgRecord next = reading.poll(); next != null; next = reading.poll()) {
          show(MessageParser.kmsg(next));
        }
      }
    } catch (IOException e) {
      throw DmesgFailure.of("read kernel buffer failed: " + e.getMessage());
    }
    printer.end(out.pending());
  }

  /**
   * Shows records until the log ends. A client that is slower than the writers finds some of them
   * overwritten, and is told: no writer waits for it, and nothing is kept for it but the ring.
   */
  private void follow(RecordSource.Reading reading)
      throws IOException, DmesgFailure, Output.Gone, InterruptedException {
    boolean begun = false;
    while (true) {
      KmsgRecord next = reading.poll();
      if (next == null) {
        out.flush();
        next = reading.next();
      }
      if (next == null) {
        return;
      }
      if (begun && next.lost() > 0) {
        out.flush();
        tell(next.lost() + " messages were overwritten before they could be read");
      }
      begun = true;
      show(MessageParser.kmsg(next));
    }
  }

  /** Writes the log in the form that {@code -K} reads. */
  private void export() throws DmesgFailure {
    try (RecordSource.Reading reading = source.open(RecordSource.Start.CLEAR_MARK);
        KmsgExport file = new KmsgExport(files.create(options.exportKmsg))) {
      reading.endAtNewest();
      for (KmsgRecord next = reading.poll(); next != null; next = reading.poll()) {
        Message message = MessageParser.kmsg(next);
        if (message != null && filter.accepts(message, wallClock)) {
          file.add(next.text());
        }
      }
    } catch (IOException e) {
      throw DmesgFailure.of("write failed: " + e.getMessage());
    }
  }

  /** Shows a record if the filter lets it pass; null, an unreadable one, is passed over. */
  private void show(Message message) throws DmesgFailure, Output.Gone {
    if (message == null) {
      return;
    }
    if (filter.accepts(message, wallClock)) {
      printer.print(message, out.pending());
      out.spill();
    } else {
      printer.skip(message);
    }
  }

  /** A line on standard error for what is no failure. */
  private void tell(String line) throws Output.Gone {
    try {
      client.err().write(("dmesg: " + line + "\n").getBytes(StandardCharsets.UTF_8));
      client.err().flush();
    } catch (IOException e) {
      throw new Output.Gone(e);
    }
  }

  private Filter filter(ZonedDateTime now) throws DmesgFailure {
    long since =
        options.since == null ? Long.MIN_VALUE : TimeExpression.epochMicros(options.since, now);
    long until =
        options.until == null ? Long.MAX_VALUE : TimeExpression.epochMicros(options.until, now);
    return new Filter(
        options.levels, options.facilities, since, until, options.modules, options.grep);
  }

  private Printer printer() {
    if (options.json) {
      boolean lines = options.waits() && !options.isOfFile();
      return lines ? new JsonLinesPrinter(options.decode) : new JsonPrinter(options.decode);
    }
    boolean painted = !options.raw && Colors.wanted(options.color, client);
    TextPrinter.Layout layout =
        new TextPrinter.Layout(
            options.decode,
            options.raw,
            options.syslog,
            options.forcePrefix,
            !options.noEscape,
            Bytes.isUtf8(client.environment()),
            source.callerWidth());
    TimeStamps stamps = new TimeStamps(options.shownTimes(), wallClock);
    return new TextPrinter(layout, stamps, new Colors(painted));
  }
}
