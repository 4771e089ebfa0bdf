package jiffy.cli.kmod;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.cli.tool.FakeKernel;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;

/**
 * What a tool did to a kernel that only remembers what it was asked.
 *
 * @param calls what it asked of the kernel
 */
record KmodRun(int status, String out, String err, List<String> calls) {
  static KmodRun of(Path directory, String... words) {
    return of(new FakeKernel(), Map.of(), directory, words);
  }

  static KmodRun of(
      FakeKernel kernel, Map<String, String> environment, Path directory, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    kernel.calls.clear();
    int status =
        Toolbox.run(
            new Invocation(
                words[0],
                List.of(words).subList(1, words.length),
                directory,
                environment,
                false,
                out,
                err,
                HangUp.NEVER,
                kernel,
                directory.resolve("state")));
    return new KmodRun(
        status,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8),
        List.copyOf(kernel.calls));
  }
}
