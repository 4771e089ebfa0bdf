package jiffy.cli.dmesg;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZonedDateTime;
import java.util.List;

/**
 * The tool: one object serves any number of clients, each {@link #run} by a thread of its own.
 *
 * <p>Where the recorded util-linux has an oddity that helps nobody (an empty file is an error, an
 * empty log is invalid JSON), this tool does better; the test of the vectors has the list.
 */
public final class Dmesg {
  private static final System.Logger LOG = System.getLogger(Dmesg.class.getName());

  private final RecordSource source;
  private final KernelLogControl control;
  private final Clock clock;

  /** A tool for one kernel's log. */
  public Dmesg(RecordSource source, KernelLogControl control) {
    this(source, control, Clock.systemUTC());
  }

  /** A tool whose {@code --since now} is what {@code clock} says. */
  public Dmesg(RecordSource source, KernelLogControl control, Clock clock) {
    this.source = source;
    this.control = control;
    this.clock = clock;
  }

  /**
   * Runs one command to its end. With {@code -w} or {@code -W} that is when the log ends, a write
   * to the client fails, or this thread is interrupted (its interrupt status is then set); all
   * three are quiet.
   *
   * @param args the arguments without the command's name
   * @return the exit status: 0, or 1 after a message on the client's standard error
   */
  public int run(Client client, List<String> args) {
    Output out = new Output(client.out());
    try {
      act(Options.parse(args), client, out);
      out.flush();
      return 0;
    } catch (DmesgFailure failure) {
      return fail(client, out, failure.report());
    } catch (Output.Gone gone) {
      return 0;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return 0;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(System.Logger.Level.ERROR, () -> "dmesg " + args, e);
      return fail(client, out, "dmesg: internal error: " + e.getClass().getSimpleName() + "\n");
    }
  }

  private void act(Options options, Client client, Output out)
      throws DmesgFailure, Output.Gone, InterruptedException {
    switch (options.action()) {
      case HELP -> out.pending().append(Help.text());
      case VERSION -> out.pending().append(Help.VERSION);
      case CLEAR -> attempt("clear kernel buffer failed", control::clear);
      case CONSOLE_OFF -> attempt("klogctl failed", control::consoleOff);
      case CONSOLE_ON -> attempt("klogctl failed", control::consoleOn);
      case CONSOLE_LEVEL ->
          attempt("klogctl failed", () -> control.consoleLevel(options.consoleLevel));
      case READ -> read(options, client, out);
      case READ_CLEAR -> {
        read(options, client, out);
        if (options.file == null && options.kmsgFile == null) {
          out.flush(); // what the client did not get must not be cleared
          attempt("clear kernel buffer failed", control::clear);
        }
      }
    }
  }

  private void read(Options options, Client client, Output out)
      throws DmesgFailure, Output.Gone, InterruptedException {
    WallClock wallClock = WallClock.of(client.environment(), source.bootEpochMicros());
    Filter filter = filter(options, wallClock);
    ClientFiles files = new ClientFiles(client.workingDirectory());
    boolean syslogText = options.file != null || options.syslog;
    if (options.raw && syslogText && (options.levels != -1 || options.facilities != -1)) {
      throw DmesgFailure.of(
          "--raw can be used together with --level or --facility only when reading messages from"
              + " /dev/kmsg");
    }
    if (options.forcePrefix && syslogText) {
      throw DmesgFailure.of("only kmsg supports multi-line messages");
    }
    boolean utf8 = Bytes.isUtf8(client.environment());
    if (options.file != null && options.raw && !options.json) {
      copy(files.read(options.file), options.noEscape, utf8, out);
      return;
    }
    Showing showing =
        new Showing(printer(options, client, wallClock, utf8), filter, wallClock, out);
    if (options.exportKmsg != null) {
      export(files.create(options.exportKmsg));
    } else if (options.file != null) {
      for (Message message : MessageParser.syslog(files.read(options.file))) {
        showing.show(message);
      }
      showing.end();
    } else if (options.kmsgFile != null) {
      for (String record : MessageParser.kmsgRecords(files.read(options.kmsgFile))) {
        showing.show(MessageParser.kmsg(record));
      }
      showing.end();
    } else {
      follow(options, showing);
    }
  }

  /** Shows the kernel's own log, and waits for more if asked to. */
  private void follow(Options options, Showing showing)
      throws DmesgFailure, Output.Gone, InterruptedException {
    RecordSource.Start start =
        options.followNew ? RecordSource.Start.NEWEST : RecordSource.Start.CLEAR_MARK;
    boolean waits = options.follow || options.followNew;
    try (RecordSource.Reading reading = source.open(start)) {
      while (true) {
        String record = reading.poll();
        if (record == null && waits) {
          showing.flush();
          record = reading.next();
        }
        if (record == null) {
          break;
        }
        Message message = MessageParser.kmsg(record);
        if (options.syslog && message != null) {
          for (String line : message.text().split("\n", -1)) {
            showing.show(
                new Message(message.priority(), message.timeMicros(), message.caller(), line));
          }
        } else {
          showing.show(message);
        }
      }
    } catch (IOException e) {
      throw DmesgFailure.of("read kernel buffer failed: " + e.getMessage());
    }
    showing.end();
  }

  /** Writes the log in the form that {@code -K} reads: a NUL byte after each record. */
  private void export(OutputStream file) throws DmesgFailure {
    try (file;
        RecordSource.Reading reading = source.open(RecordSource.Start.CLEAR_MARK)) {
      for (String record = reading.poll(); record != null; record = reading.poll()) {
        file.write((record + "\0").getBytes(StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw DmesgFailure.of("write failed: " + e.getMessage());
    }
  }

  private Filter filter(Options options, WallClock wallClock) throws DmesgFailure {
    ZonedDateTime now = clock.instant().atZone(wallClock.zone());
    long since =
        options.since == null ? Long.MIN_VALUE : TimeExpression.epochMicros(options.since, now);
    long until =
        options.until == null ? Long.MAX_VALUE : TimeExpression.epochMicros(options.until, now);
    return new Filter(options.levels, options.facilities, since, until);
  }

  private Printer printer(Options options, Client client, WallClock wallClock, boolean utf8) {
    if (options.json) {
      return new JsonPrinter(options.decode);
    }
    Colors.Mode mode = options.color == null ? Colors.Mode.AUTO : options.color;
    boolean painted = !options.raw && mode.wanted(client.terminal(), client.environment());
    TextPrinter.Layout layout =
        new TextPrinter.Layout(
            options.decode,
            options.raw,
            options.syslog,
            options.forcePrefix,
            !options.noEscape,
            utf8,
            source.callerWidth());
    TimeStamps stamps = new TimeStamps(options.shownTimes(), wallClock);
    return new TextPrinter(layout, stamps, new Colors(painted));
  }

  /** Copies syslog(2) text as it is, escaped. */
  private static void copy(String text, boolean noEscape, boolean utf8, Output out) {
    out.pending().append(noEscape ? text : Bytes.escape(text, utf8));
    if (!text.isEmpty() && !text.endsWith("\n")) {
      out.pending().append('\n');
    }
  }

  private static int fail(Client client, Output out, String report) {
    try {
      out.flush();
      client.err().write(report.getBytes(StandardCharsets.UTF_8));
      client.err().flush();
    } catch (Output.Gone | IOException gone) {
      LOG.log(System.Logger.Level.DEBUG, "dmesg: the client has gone", gone);
    }
    return 1;
  }

  /** A control action. */
  private interface Control {
    void run() throws IOException;
  }

  private static void attempt(String failure, Control action) throws DmesgFailure {
    try {
      action.run();
    } catch (IOException e) {
      throw DmesgFailure.of(failure + ": " + e.getMessage());
    }
  }

  /** Records on their way to the client. */
  private record Showing(Printer printer, Filter filter, WallClock clock, Output out) {
    /** Shows a record if the filter lets it pass; null, an unreadable one, is passed over. */
    void show(Message message) throws Output.Gone {
      if (message == null) {
        return;
      }
      if (filter.accepts(message, clock)) {
        printer.print(message, out.pending());
        out.spill();
      } else {
        printer.skip(message);
      }
    }

    void end() {
      printer.end(out.pending());
    }

    void flush() throws Output.Gone {
      out.flush();
    }
  }
}
