package jiffy.cli.dmesg;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.dmesg.print.Output;
import jiffy.cli.dmesg.record.DmesgFailure;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.dmesg.record.RecordSource;

/**
 * The tool: one object serves any number of clients, each {@link #run} by a thread of its own.
 *
 * <p>Where the recorded util-linux has an oddity that helps nobody (an empty file is an error, an
 * empty log is invalid JSON), this tool does better: see docs/dmesg.md.
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
      case READ -> new Showing(options, client, source, clock, out).run();
      case READ_CLEAR -> {
        new Showing(options, client, source, clock, out).run();
        if (options.file == null && options.kmsgFile == null) {
          out.flush(); // what the client did not get must not be cleared
          attempt("clear kernel buffer failed", control::clear);
        }
      }
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
}
