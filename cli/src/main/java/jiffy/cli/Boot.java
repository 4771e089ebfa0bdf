package jiffy.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jiffy.cli.tool.Strerror;
import jiffy.cli.wire.Request;
import jiffy.cli.wire.StateDirectory;
import jiffy.linux.Errno;

/**
 * {@code jiffy boot}: starts a host in a session of its own, so that the terminal may close, and
 * waits until it answers.
 */
final class Boot {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** How often the new host is asked whether it answers; its end is noticed at once. */
  private static final long ASK_MILLIS = 10;

  private static final String OURS = "jiffy: ";

  private final StateDirectory directory;
  private final Map<String, String> environment;
  private final OutputStream err;

  Boot(StateDirectory directory, Map<String, String> environment, OutputStream err) {
    this.directory = directory;
    this.environment = environment;
    this.err = err;
  }

  /** Boots with these kernel parameters. @return the exit status */
  int run(List<String> parameters) throws IOException {
    directory.address(); // refused before anything is made
    try {
      directory.makePrivate();
      // One at a time: two hosts that start would write into one host.log.
      try (FileChannel turn =
          FileChannel.open(
              directory.bootLockFile(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        turn.lock();
        return bootOne(parameters);
      }
    } catch (FileSystemException e) {
      return refuse(e);
    }
  }

  private int refuse(IOException e) throws IOException {
    say("cannot use the state directory " + directory.path() + ": " + Strerror.of(e));
    return 1;
  }

  private int bootOne(List<String> parameters) throws IOException {
    if (directory.isHeld()) {
      say(
          "a kernel is already running in "
              + directory.path()
              + ": pid "
              + directory.recordedPid());
      return 1;
    }
    prepare();
    Process host = start(parameters);
    if (!awaitAnswer(host)) {
      if (host.isAlive()) {
        host.destroyForcibly();
        say("the kernel did not answer within a minute: see " + directory.hostLog());
      } else {
        repeatReasons(host);
      }
      return 1;
    }
    repeat(ours());
    return 0;
  }

  private void prepare() throws IOException {
    Path log = directory.hostLog();
    if (Files.exists(log)) {
      // What the one before said last may be why it is no more.
      Files.move(log, log.resolveSibling("host.log.old"), StandardCopyOption.REPLACE_EXISTING);
    }
    Files.createFile(log);
  }

  private Process start(List<String> parameters) throws IOException {
    List<String> words = new ArrayList<>();
    String setsid = find("setsid");
    if (setsid != null) {
      words.add(setsid);
    }
    words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String option : environment.getOrDefault("JIFFY_JAVA_OPTS", "").split(" ")) {
      if (!option.isEmpty()) {
        words.add(option);
      }
    }
    words.add("-Djiffy.home=" + System.getProperty("jiffy.home", ""));
    words.add("-cp");
    words.add(System.getProperty("jiffy.classpath", System.getProperty("java.class.path")));
    words.add("jiffy.cli.host.Host");
    words.addAll(parameters);
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    builder.redirectOutput(ProcessBuilder.Redirect.appendTo(directory.hostLog().toFile()));
    builder.redirectErrorStream(true);
    return builder.start();
  }

  private String find(String program) {
    for (String place : environment.getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
      File file = new File(place, program);
      if (file.isAbsolute() && file.canExecute()) {
        return file.getPath();
      }
    }
    return null;
  }

  /** Waits until this very host answers. @return whether it does */
  private boolean awaitAnswer(Process host) throws IOException {
    long start = System.nanoTime();
    try {
      while (System.nanoTime() - start < PATIENCE_NANOS) {
        if (directory.recordedPid() == host.pid() && answers()) {
          return true;
        }
        if (host.waitFor(ASK_MILLIS, TimeUnit.MILLISECONDS)) {
          return false;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private boolean answers() throws IOException {
    OutputStream nowhere = OutputStream.nullOutputStream();
    try (Call call = Call.connect(directory.address())) {
      Request request =
          new Request(false, System.getProperty("user.dir"), List.of("status"), Map.of());
      return call != null && call.run(request, nowhere, nowhere) == 0;
    } catch (IOException endedMeanwhile) {
      return false;
    }
  }

  private void repeatReasons(Process host) throws IOException {
    List<String> ours = ours();
    if (!ours.isEmpty()) {
      repeat(ours);
      return;
    }
    List<String> lines = Files.readAllLines(directory.hostLog());
    if (lines.isEmpty() && Files.getFileStore(directory.path()).getUsableSpace() == 0) {
      refuse(new IOException(Strerror.of(Errno.ENOSPC)));
      return;
    }
    say("the kernel ended with status " + host.exitValue() + " before it answered:");
    repeat(lines.subList(Math.max(0, lines.size() - 5), lines.size()));
  }

  /** What the host said to whoever started it. */
  private List<String> ours() throws IOException {
    List<String> ours = new ArrayList<>();
    for (String line : Files.readAllLines(directory.hostLog(), StandardCharsets.UTF_8)) {
      if (line.startsWith(OURS)) {
        ours.add(line);
      }
    }
    return ours;
  }

  private void repeat(List<String> lines) throws IOException {
    for (String line : lines) {
      err.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
  }

  private void say(String text) throws IOException {
    err.write((OURS + text + "\n").getBytes(StandardCharsets.UTF_8));
  }
}
