package jiffy.cli;

import java.io.EOFException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;
import jiffy.cli.wire.Request;
import jiffy.cli.wire.StateDirectory;
import jiffy.runtime.Version;

/**
 * The program behind every script: {@code Client COMMAND [ARGUMENT...]}.
 *
 * <p>System properties: {@code jiffy.tty} (true if standard output is a terminal, which the script
 * knows at no cost), {@code jiffy.home} (the directory above {@code scripts/}), {@code
 * jiffy.classpath} (what a host is started with).
 */
public final class Client {
  /** As a shell shows a program that SIGPIPE ended. */
  static final int BROKEN_PIPE = 141;

  /** A host stops within this time, or is stuck. */
  private static final long HALT_MILLIS = 30_000;

  private final Map<String, String> environment;
  private final OutputStream out;
  private final OutputStream err;

  Client(Map<String, String> environment, OutputStream out, OutputStream err) {
    this.environment = environment;
    this.out = out;
    this.err = err;
  }

  /** Runs one command. */
  public static void main(String[] args) {
    Map<String, String> environment = environment();
    Terminal out = new Terminal(new FileOutputStream(FileDescriptor.out), environment);
    Client client = new Client(environment, out, new FileOutputStream(FileDescriptor.err));
    int status = out.finish(client.run(args));
    // No thread of ours is left, but halting saves the JVM's own orderly end: milliseconds.
    Runtime.getRuntime().halt(status);
  }

  /** The user's: the script may have started us in another locale, for the names of files. */
  private static Map<String, String> environment() {
    String locale = System.getProperty("jiffy.locale", "");
    if (locale.isEmpty()) {
      return System.getenv();
    }
    Map<String, String> environment = new HashMap<>(System.getenv());
    environment.put("LC_ALL", locale);
    return environment;
  }

  /** Runs one command. @return its exit status */
  int run(String[] args) {
    try {
      return dispatch(args);
    } catch (Call.BrokenPipeException e) {
      return BROKEN_PIPE;
    } catch (IOException | RuntimeException e) {
      String reason = e.getMessage() == null ? e.toString() : e.getMessage();
      return complain("jiffy: " + reason);
    }
  }

  private int dispatch(String[] args) throws IOException {
    String command = args.length == 0 ? "--help" : args[0];
    if (Commands.isOurOwn(command)
        && args.length > 1
        && args[1].startsWith("-")
        && !Commands.takesOption(command, args[1])) {
      return ownOption(command, args[1]);
    }
    switch (command) {
      case "-h", "--help", "help":
        print(out, Commands.help());
        return args.length == 0 ? 1 : 0;
      case "-V", "--version", "version":
        print(out, "jiffy " + Version.JIFFY + " on Java " + Runtime.version() + "\n");
        return 0;
      case "boot":
        return new Boot(directory(), environment, err).run(rest(args));
      case "halt":
        return halt(args);
      default:
        return Commands.isThere(command) ? send(args) : complain(Commands.complaint(command));
    }
  }

  /** Boot would take {@code --help} for a parameter of the kernel, and boot. */
  private int ownOption(String command, String option) throws IOException {
    if (option.equals("-h") || option.equals("--help")) {
      print(out, Commands.help());
      return 0;
    }
    return complain("jiffy: " + command + " has no option '" + option + "'");
  }

  private StateDirectory directory() {
    return StateDirectory.of(environment);
  }

  private int send(String[] args) throws IOException {
    StateDirectory directory = directory();
    try (Call call = Call.connect(directory.address())) {
      if (call == null) {
        return alone(directory, args);
      }
      return call.run(request(args), out, err);
    } catch (EOFException e) {
      return complain(
          "jiffy: the kernel has gone: see host.log and console.log in " + directory.path());
    }
  }

  private Request request(String[] args) {
    Map<String, String> variables = new HashMap<>();
    for (String name : Request.VARIABLES) {
      String value = environment.get(name);
      if (value != null) {
        variables.put(name, value);
      }
    }
    return new Request(
        Boolean.getBoolean("jiffy.tty"), System.getProperty("user.dir"), List.of(args), variables);
  }

  /** No kernel answers: the tool itself says so, once it needs one. */
  private int alone(StateDirectory directory, String[] args) {
    if (directory.isHeld()) {
      return complain(
          "jiffy: the kernel in "
              + directory.path()
              + " (pid "
              + directory.recordedPid()
              + ") does not answer: it is starting, stopping or has lost its socket");
    }
    return Toolbox.run(
        new Invocation(
            args[0],
            rest(args),
            Path.of(System.getProperty("user.dir")),
            environment,
            Boolean.getBoolean("jiffy.tty"),
            out,
            err,
            HangUp.NEVER,
            null,
            directory.path()));
  }

  private int halt(String[] args) throws IOException {
    if (args.length > 1) {
      return complain("jiffy: halt takes no arguments");
    }
    StateDirectory directory = directory();
    long pid = directory.recordedPid();
    int status = send(args);
    if (status != 0 || waitUntilFree(directory)) {
      return status;
    }
    return complain("jiffy: pid " + pid + " is still going down: see " + directory.consoleLog());
  }

  /** The host's lock falls when its process ends, not before. */
  private static boolean waitUntilFree(StateDirectory directory) throws IOException {
    Thread waiter =
        new Thread("wait") {
          @Override
          public void run() {
            try (FileChannel channel =
                FileChannel.open(directory.lockFile(), StandardOpenOption.WRITE)) {
              channel.lock();
            } catch (IOException directoryRemoved) {
              // Then nobody holds it.
            }
          }
        };
    waiter.setDaemon(true);
    waiter.start();
    try {
      waiter.join(HALT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !waiter.isAlive();
  }

  private int complain(String line) {
    try {
      print(err, line + "\n");
    } catch (IOException nowhereToSayIt) {
      return 1;
    }
    return 1;
  }

  private static List<String> rest(String[] args) {
    List<String> rest = new ArrayList<>(args.length);
    for (int i = 1; i < args.length; i++) {
      rest.add(args[i]);
    }
    return rest;
  }

  private static void print(OutputStream to, String text) throws IOException {
    try {
      to.write(text.getBytes(StandardCharsets.UTF_8));
      to.flush();
    } catch (IOException e) {
      throw new Call.BrokenPipeException(e);
    }
  }
}
