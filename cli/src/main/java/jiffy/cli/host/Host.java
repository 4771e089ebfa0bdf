package jiffy.cli.host;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;
import java.util.stream.Collectors;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Strerror;
import jiffy.cli.tool.Toolbox;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.Request;
import jiffy.cli.wire.StateDirectory;

/**
 * The program that holds a kernel: {@code Host [PARAM=VALUE...]}, in the foreground.
 *
 * <p>{@code jiffy run} is this, {@code jiffy boot} starts it detached. What concerns whoever
 * started it goes to standard error as {@code jiffy: ...}; all else is the kernel's console. It
 * ends by {@code jiffy halt}, SIGINT or SIGTERM, in each case after the same orderly stop.
 */
public final class Host {
  /** An orderly stop takes less: what is longer is cut off. */
  private static final long STOP_MILLIS = 20_000;

  /** What a tool that ends with its kernel may take to tell its client. */
  private static final long LAST_WORDS_MILLIS = 500;

  private final StateDirectory directory;
  private final HostedKernel.Boot boot;
  private final PrintStream err;
  private final CountDownLatch stop = new CountDownLatch(1);

  Host(StateDirectory directory, HostedKernel.Boot boot, PrintStream err) {
    this.directory = directory;
    this.boot = boot;
    this.err = err;
  }

  /** Runs a kernel until it is halted. */
  public static void main(String[] args) {
    HostLogging.withoutHook();
    StateDirectory directory;
    try {
      directory = StateDirectory.of(System.getenv());
    } catch (InvalidPathException e) {
      System.err.println("jiffy: " + e.getMessage());
      Runtime.getRuntime().halt(1);
      return;
    }
    Host host = new Host(directory, MachineKernel::boot, System.err);
    Runtime.getRuntime().addShutdownHook(new Thread(host::stopAndWait, "jiffy-signal"));
    int status = host.run(List.of(args));
    // Not exit(): after a signal that would wait for the hook, which waits for this.
    Runtime.getRuntime().halt(status);
  }

  /** Boots, serves until {@link #stop}, stops. @return the exit status */
  int run(List<String> parameters) {
    try {
      directory.address();
    } catch (IOException tooLong) {
      say(tooLong.getMessage());
      return 1;
    }
    try {
      try (Claim claim = Claim.take(directory)) {
        if (claim.replaced() != null) {
          say(claim.replaced());
        }
        HostLogging.prepare(directory.consoleLog(), this::say);
        serve(commandLine(parameters));
      }
      return 0;
    } catch (IllegalArgumentException | Claim.HeldException e) {
      say(e.getMessage());
    } catch (IOException e) {
      say("cannot use the state directory " + directory.path() + ": " + Strerror.of(e));
    }
    return 1;
  }

  private void serve(String commandLine) throws IOException {
    try (HostedKernel kernel =
            boot.boot(commandLine, directory.path().resolve("modules"), this::stop);
        ControlServer server = ControlServer.open(directory.address(), starter(kernel))) {
      if (Boolean.getBoolean("jiffy.foreground")) {
        say("pid " + ProcessHandle.current().pid() + ", socket " + directory.socket());
        say("Ctrl-C unloads everything and halts");
      }
      if (kernel.pstore().isPresent()) {
        Files.writeString(
            directory.pstoreFile(), kernel.pstore().get().toAbsolutePath().normalize() + "\n");
      }
      HostLogging.takeOver();
      kernel.settleIn();
      HostLogging.check(this::say);
      Toolbox.warmUp();
      awaitStop();
      Thread guard = cutOffAfter(STOP_MILLIS);
      // While modules are unloaded the tools still answer; the socket is closed after that.
      kernel.close();
      server.awaitEnds(LAST_WORDS_MILLIS);
      HostLogging.close(LAST_WORDS_MILLIS);
      guard.interrupt();
    }
  }

  /**
   * One line; a word with a blank in it is quoted, if it is not: the kernel's parser wants that.
   */
  static String commandLine(List<String> words) {
    return words.stream()
        .map(word -> word.matches("[^\"]*\\s[^\"]*") ? '"' + word + '"' : word)
        .collect(Collectors.joining(" "));
  }

  private ControlServer.Commands starter(HostedKernel kernel) {
    return (request, session, finish) ->
        kernel.spawn(
            request.words().get(0),
            session.isPrivileged(),
            () -> runTool(kernel, request, session, finish));
  }

  private void runTool(HostedKernel kernel, Request request, Session session, IntConsumer finish) {
    int status = 1;
    try {
      Path userDirectory = pathOrRoot(request.directory());
      status =
          Toolbox.run(
              new Invocation(
                  request.words().get(0),
                  request.words().subList(1, request.words().size()),
                  userDirectory,
                  request.environment(),
                  request.terminal(),
                  session.stream(Frame.OUT),
                  session.stream(Frame.ERR),
                  session,
                  kernel.forTools(),
                  directory.path()));
    } finally {
      finish.accept(status);
    }
  }

  /** Only a relative file name is lost in a directory that this JVM's locale cannot name. */
  private static Path pathOrRoot(String directory) {
    try {
      return Path.of(directory);
    } catch (InvalidPathException e) {
      return Path.of("/");
    }
  }

  /** Asks for the stop. Any thread, any number of times. */
  void stop() {
    stop.countDown();
  }

  private void awaitStop() {
    boolean interrupted = false;
    while (true) {
      try {
        stop.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The JVM is going down: it waits for the stop, which ends it. */
  private void stopAndWait() {
    if (stop.getCount() > 0) {
      sayWhoExits();
    }
    stop();
    try {
      Thread.sleep(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Without a signal that is a module, or a library of one. */
  private void sayWhoExits() {
    Thread.getAllStackTraces()
        .forEach(
            (thread, frames) -> {
              for (int i = frames.length - 2; i >= 0; i--) {
                if (frames[i].getClassName().equals("java.lang.Runtime")
                    && frames[i].getMethodName().equals("exit")) {
                  boolean bySystem = frames[i + 1].getMethodName().equals("exit");
                  int caller = Math.min(bySystem ? i + 2 : i + 1, frames.length - 1);
                  say("the kernel halts: exit() by " + thread.getName() + " at " + frames[caller]);
                }
              }
            });
  }

  private Thread cutOffAfter(long millis) {
    Thread guard = new Thread(() -> cutOff(millis), "jiffy-stop-guard");
    guard.setDaemon(true);
    guard.start();
    return guard;
  }

  private void cutOff(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException stoppedInTime) {
      return;
    }
    Thread words =
        new Thread(
            () -> say("the stop takes longer than " + millis + " ms: cut off"), "last-words");
    words.setDaemon(true);
    words.start(); // a terminal that is stopped takes none
    try {
      words.join(LAST_WORDS_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(1);
  }

  private void say(String text) {
    err.println("jiffy: " + text);
    err.flush();
  }
}
