package jiffy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sessions truth/11, 12 and 14, in order and in one boot, and 15, in another, by the tools' own
 * entry points, with the ports of their modules, on virtual time: every output, exit status and
 * record of the log.
 *
 * <p>{@code .ko} is {@code .jar}; sizes and addresses are not compared. What differs besides is in
 * insmod-differences.tsv, line by line, with the reason: each such line must still differ.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SAME_THREAD) // boot() attaches it
class RecordedModulesTest {
  private static final String SOURCES = "sample-modules/errs/%s/src/main/java/samples/errs/%s";
  private static final String KT = "sample-modules/kt/src/main/java/samples/kt/Kt.java";
  private static final List<String> MODULES =
      List.of("hello", "empty", "noinit", "noexit", "initret", "holdref", "slowmod", "prop");
  private static final Pattern TIME = Pattern.compile("^\\[ *\\d+\\.\\d+\\] ");
  private static final Pattern LSMOD = Pattern.compile("^(\\w+) +\\d+  (-?\\d+)");
  private static final Pattern PROC = Pattern.compile("^(\\w+) \\d+ (.*) 0x[0-9a-f]+ ");
  private static final Pattern BACKGROUND =
      Pattern.compile("^\\((.+); echo \"([^$]*)\\$\\?\"\\) & sleep ([\\d.]+); (.*)$");
  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  /** Of the API no function is for free modules only (decision 14), so a module's stands in. */
  private static final String LIBRARY =
      """
      package library;
      import jiffy.linux.*;
      @ModuleInfo(license = "GPL")
      public final class Library extends KernelModule {
        @ExportSymbol(gpl = true) public static long library_get() { return 1; }
      }
      """;

  private static final long STEP_MILLIS = 1;
  private static final int MOST_STEPS = 60_000;

  /** A command and what came of it. */
  private record Step(String command, List<String> out, List<String> err, int status) {}

  /** Where we differ. */
  private record Difference(String file, Pattern recorded, String ours) {}

  private static final List<Difference> DIFFERENCES = differences();

  @TempDir Path directory;

  private final Set<Difference> met = new HashSet<>();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final SoftAssertions all = new SoftAssertions();
  private Machine machine;
  private Simulation sim;
  private Attachment shell;
  private HostedKernel kernel;

  private static List<String> lines(String resource) {
    try (InputStream in = RecordedModulesTest.class.getResourceAsStream("/truth/" + resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<Difference> differences() {
    return lines("insmod-differences.tsv").stream()
        .skip(1)
        .map(line -> line.split("\t", -1))
        .peek(fields -> assertThat(fields).as(Arrays.toString(fields)).hasSize(4))
        .map(fields -> new Difference(fields[0], Pattern.compile(fields[1]), fields[2]))
        .toList();
  }

  private static List<Step> steps(String file) {
    List<Step> steps = new ArrayList<>();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).startsWith("#")) {
        continue;
      }
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
      steps.add(new Step(command, out, err, Integer.parseInt(lines.get(i).replaceAll("\\D", ""))));
    }
    return steps;
  }

  @BeforeEach
  void boot() throws IOException {
    machine = Machine.simulate("hz=250 nr_cpus=2");
    sim = machine.simulation().orElseThrow();
    shell = machine.attach("bash");
    kernel = MachineKernel.of(machine);
    for (String name : MODULES) {
      ModuleJar.of(source(name)).writeTo(directory.resolve(name + ".jar"));
    }
    ModuleJar.of(LIBRARY).writeTo(directory.resolve("library.jar"));
    ModuleJar.ofSources(
            List.of(LIBRARY),
            source("propgpl")
                .replace("\"GPL\"", "\"XXX\"")
                .replace("jiffy.linux.Ktime.ktime_get", "library.Library.library_get")
                .replace("ktime_get()", "library_get()"))
        .writeTo(directory.resolve("propgpl2.jar"));
    String kt = Files.readString(root().resolve(KT)).replace("name = \"kt\"", "name = \"kt_fast\"");
    ModuleJar.of(kt).writeTo(directory.resolve("kt_fast.jar"));
    Files.createDirectory(directory.resolve("mods"));
  }

  private static String source(String name) throws IOException {
    String type = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    return Files.readString(root().resolve(SOURCES.formatted(name, name)).resolve(type + ".java"));
  }

  private static Path root() {
    Path at = Path.of("").toAbsolutePath();
    while (!Files.exists(at.resolve("module-api"))) {
      at = at.getParent();
    }
    return at;
  }

  @AfterEach
  void halt() {
    kernel.close();
    shell.close();
  }

  private CompletableFuture<Integer> start(String... words) {
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
    return status;
  }

  private int await(CompletableFuture<Integer> status) {
    for (int i = 0; i < MOST_STEPS && !status.isDone(); i++) {
      sim.advance(Duration.ofMillis(STEP_MILLIS));
    }
    assertThat(status).isDone();
    return status.join();
  }

  private int run(String... words) {
    return await(start(words));
  }

  private void print(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A command line of the recording. @return its exit status */
  private int shell(String line) {
    Matcher background = BACKGROUND.matcher(line);
    if (!background.matches()) {
      return sequence(line, null);
    }
    CompletableFuture<Integer> first = start(words(background.group(1)));
    String echo = background.group(2);
    CompletableFuture<Integer> told =
        first.thenApply(
            status -> {
              print(echo + status + "\n");
              return status;
            });
    sim.advance(Duration.ofMillis((long) (Double.parseDouble(background.group(3)) * 1000)));
    return sequence(background.group(4), told);
  }

  private int sequence(String line, CompletableFuture<Integer> background) {
    int status = 0;
    for (String each : line.split("; ")) {
      if (each.equals("wait")) {
        await(background);
        status = 0;
      } else if (each.startsWith("echo ") && each.endsWith("$?\"")) {
        print(each.substring(6).replace("$?\"", status + "\n"));
        status = 0;
      } else {
        status = simple(each);
      }
    }
    return status;
  }

  private int simple(String command) {
    if (command.equals("lsmod | grep initret")) {
      run("lsmod");
      List<String> found = text(out).lines().filter(line -> line.contains("initret")).toList();
      out.reset();
      found.forEach(line -> print(line + "\n"));
      return found.isEmpty() ? 1 : 0;
    }
    Matcher echo = Pattern.compile("echo (\\d+) > (/\\S+)").matcher(command);
    if (echo.matches()) {
      return run("write", echo.group(2), echo.group(1));
    }
    if (command.startsWith("busybox ")) {
      return 1; // another program
    }
    String[] words = words(command);
    return switch (words[0]) {
      case "dmesg" -> run("dmesg", "-c"); // the recorder showed each record once
      case "sed", "head", "cp", ":", "echo", "chmod" -> file(words);
      default -> run(words);
    };
  }

  private String[] words(String command) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(command);
    while (word.find()) {
      String text = word.group(1) != null ? word.group(1) : word.group(2);
      words.add(text.replace(".ko", ".jar").replace("/mods", directory.resolve("mods").toString()));
    }
    return words.toArray(String[]::new);
  }

  /** Makes what the recording makes of ELF files of JARs. */
  private int file(String[] words) {
    try {
      byte[] hello = Files.readAllBytes(directory.resolve("hello.jar"));
      Path made = directory.resolve(words[words.length - 1]);
      switch (words[words.length - 1]) {
        case "text.jar" -> Files.writeString(made, "this is text\n");
        case "zero.jar" -> Files.write(made, new byte[0]);
        case "trunc.jar" -> Files.write(made, Arrays.copyOf(hello, hello.length / 2));
        case "trunc2.jar" -> Files.write(made, Arrays.copyOf(hello, 20));
        case "elf.jar" -> ModuleJar.empty().entry("a", new byte[9]).writeTo(made); // no module
        case "vm.jar" ->
            ModuleJar.of(source("hello")).manifest("Jiffy-Vermagic", "0.99").writeTo(made);
        default -> assertThat(words[0]).isIn("chmod", "sed"); // root may read; made by boot()
      }
      return 0;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String text(ByteArrayOutputStream stream) {
    return stream.toString(StandardCharsets.UTF_8);
  }

  private void replay(String file) {
    for (Step step : steps(file)) {
      out.reset();
      err.reset();
      boolean needsLibrary = step.command.contains("propgpl");
      if (needsLibrary) {
        run("insmod", "library.jar");
      }
      int status = shell(step.command);
      if (needsLibrary) {
        run("rmmod", "library");
      }
      boolean inParallel = BACKGROUND.matcher(step.command).matches();
      check(file, step.command, inParallel, text(out).lines().toList(), step.out);
      check(file, step.command, inParallel, text(err).lines().toList(), step.err);
      all.assertThat(status).as("%s: status of %s", file, step.command).isEqualTo(step.status);
      afterwards(file, step);
    }
  }

  /** What the recorder did unseen. */
  private void afterwards(String file, Step step) {
    if (step.command.equals("lsmod | grep initret") && step.status == 0) {
      run("rmmod", "initret");
    }
    boolean isSecondProp = step.command.equals("dmesg") && step.out.size() == 2;
    if (file.startsWith("14") && isSecondProp) {
      run("rmmod", "prop");
    }
  }

  private void check(
      String file, String command, boolean inParallel, List<String> ours, List<String> recorded) {
    List<String> expected = new ArrayList<>();
    recorded.forEach(line -> ours(file, normal(line)).ifPresent(expected::add));
    List<String> actual =
        ours.stream()
            .filter(line -> !line.matches("(insmod|rmmod): NOTICE: .*")) // ours alone
            .map(RecordedModulesTest::normal)
            .toList();
    if (inParallel) { // who of two is the first to print is not said
      all.assertThat(actual)
          .as("%s: %s", file, command)
          .containsExactlyInAnyOrderElementsOf(expected);
    } else {
      all.assertThat(actual).as("%s: %s", file, command).isEqualTo(expected);
    }
  }

  private Optional<String> ours(String file, String line) {
    for (Difference each : DIFFERENCES) {
      if (each.file.equals(file) && each.recorded.matcher(line).matches()) {
        assertThat(each.ours).isNotEqualTo(line);
        met.add(each);
        return Optional.of(each.ours).filter(text -> !text.isEmpty());
      }
    }
    return Optional.of(line);
  }

  /** Without times, sizes, addresses and the directory. */
  private static String normal(String line) {
    String text = TIME.matcher(line).replaceFirst("").replace(".ko", ".jar");
    text = LSMOD.matcher(text).replaceFirst("$1 SIZE $2");
    text = PROC.matcher(text).replaceFirst("$1 SIZE $2 ADDRESS ");
    return text.replaceAll("/\\S*/mods\\b", "/mods");
  }

  private void assertAllDifferencesMet(String... files) {
    all.assertAll();
    assertThat(DIFFERENCES)
        .filteredOn(each -> List.of(files).contains(each.file))
        .allSatisfy(each -> assertThat(met).as("%s", each).contains(each));
  }

  @Test
  void sessions_inOneBoot_areTheRecordedOnes() {
    run("insmod", "hello.jar"); // another module had tainted the kernel before
    run("rmmod", "hello");
    run("dmesg", "-C");
    replay("11_insmod_errors.txt");
    replay("12_refcount_states.txt");
    run("insmod", "hello.jar"); // of truth/13, which left it loaded
    run("dmesg", "-C");
    run("rmmod", "hello");
    replay("14_licence_taint.txt");
    assertAllDifferencesMet(
        "11_insmod_errors.txt", "12_refcount_states.txt", "14_licence_taint.txt");
  }

  @Test
  void proprietaryModule_firstOfItsBoot_isTheRecordedOne() {
    run("dmesg", "-C");
    replay("15_first_proprietary.txt");
    assertAllDifferencesMet("15_first_proprietary.txt");
  }
}
