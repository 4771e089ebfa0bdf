package jiffy.cli.kmod;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;

/** What one call of a tool did, without a kernel. */
record ToolRun(int status, String out, String err) {
  /** Runs a command in a directory. */
  static ToolRun of(Path directory, Map<String, String> environment, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> arguments = new ArrayList<>(List.of(words));
    String command = arguments.remove(0);
    int status =
        Toolbox.run(
            new Invocation(
                command,
                arguments,
                directory,
                environment,
                false,
                out,
                err,
                HangUp.NEVER,
                null,
                Path.of("/run/jiffy")));
    return new ToolRun(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
