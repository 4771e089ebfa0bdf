package jiffy.cli.kmod;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import jiffy.cli.kmod.Console.Level;
import jiffy.cli.kmod.config.Words;
import jiffy.linux.Errno;

/**
 * Runs the commands of {@code install} and {@code remove} lines, as {@code sh -c} does, if the
 * kernel was booted with {@code module.allow_install_commands=1}.
 *
 * <p>They run as the host's user, whoever asked for the module; so they are off until somebody who
 * may boot kernels wants them.
 */
final class Commands {
  private static final String SWITCH = "module.allow_install_commands";
  private static final Set<String> YES =
      Set.of(SWITCH, SWITCH + "=1", SWITCH + "=y", SWITCH + "=Y");
  private static final long LOOK_MILLIS = 100;

  private final ModuleKernel kernel;
  private final Console console;
  private final Path directory;
  private final Map<String, String> environment;

  /**
   * For one run.
   *
   * @param directory where commands start
   * @param environment variables for them, beside those of the host; PATH goes before its
   */
  Commands(ModuleKernel kernel, Console console, Path directory, Map<String, String> environment) {
    this.kernel = kernel;
    this.console = console;
    this.directory = directory;
    this.environment = Map.copyOf(environment);
  }

  /** Runs what loads a module. @return 0 or a negative errno; why is said */
  int install(String module, String command, String options) throws StoppedException {
    return run("install", module, command.replace("$CMDLINE_OPTS", options));
  }

  /** Runs what unloads a module. @return 0 or a negative errno; why is said */
  int remove(String module, String command) throws StoppedException {
    return run("remove", module, command);
  }

  private int run(String kind, String module, String command) throws StoppedException {
    if (!isAllowed()) {
      console.say(
          Level.ERROR,
          String.format(
              "the %s command of module %s is not run: '%s': commands are only run in a kernel that"
                  + " was booted with %s=1; -i does without them",
              kind, module, command, SWITCH));
      return -Errno.EPERM;
    }
    int status = start(kind, module, command);
    if (status == 0) {
      return 0;
    }
    console.say(
        Level.ERROR,
        "Error running "
            + kind
            + " command '"
            + command
            + "' for module "
            + module
            + ": retcode "
            + status);
    return -Errno.EINVAL;
  }

  private boolean isAllowed() {
    boolean allowed = false;
    for (String word : Words.parameters(kernel.commandLine())) {
      if (word.startsWith(SWITCH)) {
        allowed = YES.contains(word);
      }
    }
    return allowed;
  }

  private int start(String kind, String module, String command) throws StoppedException {
    ProcessBuilder builder = new ProcessBuilder(List.of("sh", "-c", command));
    if (Files.isDirectory(directory)) {
      builder.directory(directory.toFile());
    }
    builder.redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
    Map<String, String> variables = builder.environment();
    String path = variables.getOrDefault("PATH", "");
    variables.putAll(environment);
    variables.merge("PATH", path, (first, host) -> first.equals(host) ? host : first + ":" + host);
    variables.put("MODPROBE_MODULE", module);
    try {
      return await(builder.start());
    } catch (IOException e) {
      throw new IllegalStateException(kind + " command of " + module + ": " + e.getMessage(), e);
    }
  }

  private int await(Process process) throws StoppedException {
    Thread errors = new Thread(() -> copy(process.getErrorStream(), console.errors()), "stderr");
    Thread output = new Thread(() -> copy(process.getInputStream(), console.output()), "stdout");
    errors.setDaemon(true);
    output.setDaemon(true);
    errors.start();
    output.start();
    try {
      while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        console.check();
      }
      errors.join();
      output.join();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 1;
    } finally {
      process.descendants().forEach(ProcessHandle::destroy); // while they can be found by it
      process.destroy();
    }
  }

  /** A reader that has gone ends the copying; that it has is noticed by the run itself. */
  private static void copy(InputStream from, OutputStream to) {
    try (from) {
      from.transferTo(to);
    } catch (IOException gone) {
      return;
    }
  }
}
