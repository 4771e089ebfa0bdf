package jiffy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The session truth/10_params.txt, in order, by the tools' own entry points, with the port of its
 * module: every output and exit status. Of modinfo's lines, those about the C compiler are not
 * ours, and a sum, a path and a version are others.
 *
 * <p>A shell's words for a failed {@code >} are {@code jiffy write}'s, of {@code cat} and {@code
 * ls} ours; {@code .ko} is {@code .jar}.
 */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class RecordedParamsTest {
  private static final String SOURCE = "sample-modules/errs/%s/src/main/java/samples/errs/%s";
  private static final String PARAMETERS = "/sys/module/params/parameters";
  private static final int OD_BYTES = 16;
  private static final Pattern TIME = Pattern.compile("(?m)^\\[ *\\d+\\.\\d+\\] ");
  private static final Pattern WORD = Pattern.compile("'([^']*)'|([^\\s'>]+)|(>)");
  private static final Pattern SHELL = Pattern.compile("/scripts/lib.sh: line 7: (\\w+: write)?");

  /** A command and what came of it. */
  private record Step(String command, List<String> out, List<String> err, int status) {}

  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HostedKernel kernel;

  private static List<Step> steps() throws IOException {
    List<String> lines;
    try (InputStream in = RecordedParamsTest.class.getResourceAsStream("/truth/10_params.txt")) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String command = lines.get(i).substring(2);
      List<String> out = new ArrayList<>();
      List<String> err = new ArrayList<>();
      List<String> to = out;
      for (i++; !lines.get(i).startsWith("[exit "); i++) {
        if (lines.get(i).equals("[stderr]")) {
          to = err;
        } else {
          to.add(lines.get(i));
        }
      }
      int status = Integer.parseInt(lines.get(i).replaceAll("\\D", ""));
      steps.add(new Step(command, out, err, status));
    }
    return steps;
  }

  private int run(String... words) {
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Invocation call =
        new Invocation(
            words[0],
            List.of(words).subList(1, words.length),
            directory,
            Map.of(),
            false,
            out,
            err,
            HangUp.NEVER,
            kernel.forTools(),
            Path.of("/run/jiffy"));
    kernel.spawn(words[0], true, () -> status.complete(Toolbox.run(call)));
    return status.join();
  }

  /** A command line of the recording. @return its exit status */
  private int shell(String line) {
    if (line.startsWith("ls -l ")) {
      return run("ls", "-l", PARAMETERS); // without owner and size
    }
    if (line.contains("for f in *")) {
      return catAll();
    }
    if (line.endsWith(" | od -c")) {
      return octal(line);
    }
    int status = 0;
    for (String each : line.split("; ")) {
      status = simple(each);
    }
    return status;
  }

  private int catAll() {
    run("ls", PARAMETERS);
    List<String> names = text(out).lines().toList();
    StringBuilder all = new StringBuilder();
    for (String name : names) {
      out.reset();
      run("cat", PARAMETERS + "/" + name);
      String shown = text(out) + text(err).replace("cat: " + PARAMETERS + "/", "cat: ");
      err.reset();
      all.append(name).append('=').append(shown.stripTrailing()).append('\n');
    }
    out.reset();
    out.writeBytes(all.toString().getBytes(StandardCharsets.UTF_8));
    return 0;
  }

  private int octal(String line) {
    int status = simple(line.substring(0, line.indexOf(" | ")));
    byte[] bytes = out.toByteArray();
    out.reset();
    for (int i = 0; i < bytes.length; i += OD_BYTES) {
      StringBuilder row = new StringBuilder(String.format(Locale.ROOT, "%07o", i));
      for (int j = i; j < Math.min(i + OD_BYTES, bytes.length); j++) {
        row.append(bytes[j] == 0 ? "  \\0" : "   " + (char) bytes[j]);
      }
      out.writeBytes((row + "\n").getBytes(StandardCharsets.UTF_8));
    }
    out.writeBytes(
        String.format(Locale.ROOT, "%07o\n", bytes.length).getBytes(StandardCharsets.UTF_8));
    return status;
  }

  private int simple(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      words.add(word.group(1) != null ? word.group(1) : word.group().replace(".ko", ".jar"));
    }
    int arrow = words.indexOf(">");
    if (arrow >= 0) {
      List<String> write = new ArrayList<>(List.of("write"));
      if (words.get(0).equals("printf")) {
        write.add("-n");
      }
      write.add(words.get(arrow + 1));
      write.addAll(words.subList(1, arrow));
      return run(write.toArray(String[]::new));
    }
    if (words.get(0).equals("dmesg")) {
      words.add("-c"); // the recorder showed each record once
    }
    return run(words.toArray(String[]::new));
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  @Test
  void session_replayed_isTheRecordedOne() throws IOException {
    compile("params", "params/Params.java");
    compile("hello", "hello/Hello.java");
    kernel = MachineKernel.boot("nr_cpus=2 plugins=", directory.resolve("cache"), () -> {});
    try {
      run("insmod", "params.jar"); // on Linux another module had tainted the kernel before
      run("rmmod", "params");
      run("dmesg", "-C");
      int replayed = 0;
      for (Step step : steps()) {
        replay(step);
        replayed++;
      }
      assertThat(replayed).isEqualTo(79);
    } finally {
      kernel.close();
    }
  }

  private void compile(String name, String file) throws IOException {
    String source =
        Files.readString(root().resolve(String.format(Locale.ROOT, SOURCE, name, file)));
    ModuleJar.of(source).writeTo(directory.resolve(name + ".jar"));
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("module-api"))) {
      at = at.getParent();
    }
    return at;
  }

  private void replay(Step step) {
    if (step.command.startsWith("insmod ")) {
      run("rmmod", "params"); // as the recorder did, unseen but for what exit says
    }
    out.reset();
    err.reset();
    int status = shell(step.command);
    assertThat(TIME.matcher(text(out)).replaceAll("").lines().map(this::constant).toList())
        .as("output of %s", step.command)
        .isEqualTo(
            step.out.stream()
                .filter(l -> !l.startsWith("total ") && !l.startsWith("retpoline: "))
                .map(this::ours)
                .map(this::constant)
                .toList());
    List<String> said = text(err).lines().toList();
    assertThat(said).as("errors of %s", step.command).hasSameSizeAs(step.err);
    for (int i = 0; i < said.size(); i++) {
      assertThat(said.get(i)).as(step.command).endsWith(ourWords(step.err.get(i)));
    }
    assertThat(status).as("exit status of %s", step.command).isEqualTo(step.status);
  }

  /** Of a line on standard output: no time, no owner and size of ls, our cat's complaint. */
  private String ours(String line) {
    return TIME.matcher(line)
        .replaceAll("")
        .replaceFirst("^([-rw]{10}) root 0 4096 ", "$1 ")
        .replaceFirst("cat: can't open '(\\w+)'", "cat: $1");
  }

  /** Without what is another on each machine. */
  private String constant(String line) {
    return line.replaceFirst(
            "^filename: +(/mods|" + directory + ")/(\\w+)\\.(ko|jar)$", "filename: $2")
        .replaceFirst("^srcversion: +[0-9A-F]{23}$", "srcversion")
        .replaceFirst("^vermagic: +\\S.*$", "vermagic");
  }

  private static String ourWords(String line) {
    return SHELL
        .matcher(line.replace(".ko", ".jar").replaceFirst("cat: can't open '([^']+)'", "cat: $1"))
        .replaceFirst("");
  }
}
