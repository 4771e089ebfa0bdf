package jiffy.cli.host;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;

/** A real machine, and tools that run on it as its users' do: each on a task of its own. */
public final class ToolSession implements AutoCloseable {
  /** What a tool did. */
  public record Result(int status, String out, String err) {}

  private final HostedKernel kernel;
  private final Path directory;
  private final Path state;
  private final Map<String, String> environment = new ConcurrentHashMap<>();

  private ToolSession(HostedKernel kernel, Path directory, Path state) {
    this.kernel = kernel;
    this.directory = directory;
    this.state = state;
  }

  /**
   * Boots one.
   *
   * @param commandLine the kernel's
   * @param directory where relative names start
   */
  public static ToolSession boot(String commandLine, Path directory) {
    Path state = directory.resolve("state");
    HostedKernel kernel =
        MachineKernel.boot("plugins= " + commandLine, state.resolve("modules"), () -> {});
    return new ToolSession(kernel, directory, state);
  }

  /** Sets a variable of the user's. */
  public ToolSession with(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  /** Begins a tool; its result comes later. */
  public CompletableFuture<Result> begin(String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    String command = arguments.remove(0);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    CompletableFuture<Result> result = new CompletableFuture<>();
    kernel.spawn(
        command,
        true,
        () -> {
          int status = Toolbox.run(invocation(command, arguments, out, err));
          result.complete(new Result(status, text(out), text(err)));
        });
    return result;
  }

  private static String text(ByteArrayOutputStream bytes) {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private Invocation invocation(
      String command, List<String> arguments, OutputStream out, OutputStream err) {
    return new Invocation(
        command,
        arguments,
        directory,
        environment,
        false,
        out,
        err,
        HangUp.NEVER,
        kernel.forTools(),
        state);
  }

  /** Runs a tool to its end. */
  public Result run(String... words) {
    return begin(words).join();
  }

  /** Runs a line of words without quotes. */
  public Result runLine(String line) {
    return run(line.split(" "));
  }

  @Override
  public void close() {
    kernel.close();
  }
}
