package jiffy.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jiffy.testkit.Launched;
import jiffy.testkit.ScheduleFailure;
import org.junit.jupiter.api.Test;

/**
 * What docs/testing.md shows is what runs: its Java stands in the tests here and in the modules
 * that they load, and its race fails with just the message that it prints.
 */
class DocsTest {
  private static final Path TESTS =
      Path.of(System.getProperty("basedir", "testkit"), "src/test/java");
  private static final Path DOCS = TESTS.resolve("../../../../docs").normalize();
  private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\n(.*?)^```$");
  private static final Pattern REPLAY = Pattern.compile("@KernelTest\\(replay = \"(.*)\"\\)");

  /** What only differs between JDKs and machines. */
  private static final Pattern VERSION = Pattern.compile("(?<=Jiffy version )[^\"]*");

  @Test
  void javaOfTheText_standsInAFileThatIsCompiledAndRun() {
    List<String> blocks = blocks("java");
    List<String> files = files();
    assertThat(blocks).hasSizeGreaterThan(8);
    for (String block : blocks) {
      assertThat(files)
          .as(
              "files of docs, jiffy.testkit.docs and jiffy.testkit.example with this block of docs/testing.md:\n"
                  + block)
          .anyMatch(file -> file.contains("\n" + flat(block)));
    }
  }

  @Test
  void dependencyOfTheText_isTheExamples() {
    String pom = flat(read(DOCS.resolve("example-module/pom.xml")));
    assertThat(blocks("xml")).hasSize(1).allSatisfy(block -> assertThat(pom).contains(flat(block)));
  }

  @Test
  void filesWithTests_areRunByTheBuildOrHere() throws IOException {
    try (Stream<Path> files = Files.list(TESTS.resolve("jiffy/testkit/docs"))) {
      assertThat(
              files
                  .map(file -> file.getFileName().toString())
                  .filter(f -> !f.endsWith("Test.java")))
          .containsExactlyInAnyOrder("TallyRace.java", "package-info.java");
    }
  }

  @Test
  void raceOfTheText_isFoundWithTheMessageThatTheTextPrints() {
    String message = failureOfTheRace(Map.of());
    List<String> printed = blocks("text");
    assertThat(printed)
        .as("the block of docs/testing.md that should be\n" + message)
        .anyMatch(block -> masked(block).equals(masked(message)));
    assertThat(printed.get(0)).contains(replay());
  }

  @Test
  void replayOfTheText_failsTheSameWay() {
    assertThat(failureOfTheRace(Map.of("jiffy.replay", replay())))
        .contains("\"tally: 1\"", "who did what", "tally/1\n");
  }

  /** The one that the text prints. */
  private static String replay() {
    Matcher matcher = REPLAY.matcher(text());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  private static String failureOfTheRace(Map<String, String> configuration) {
    return Launched.failureOf(TallyRace.class, "tally_countsBoth", configuration)
        .filter(ScheduleFailure.class::isInstance)
        .orElseThrow(() -> new AssertionError("the race was not found"))
        .getMessage();
  }

  private static String masked(String text) {
    return VERSION.matcher(flat(text).strip()).replaceAll("...");
  }

  private static List<String> blocks(String language) {
    return BLOCK
        .matcher(text())
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  private static String text() {
    return read(DOCS.resolve("testing.md"));
  }

  private static List<String> files() {
    return Stream.of("docs", "jiffy/testkit/docs", "jiffy/testkit/example")
        .map(TESTS::resolve)
        .flatMap(DocsTest::filesIn)
        .toList();
  }

  private static Stream<String> filesIn(Path directory) {
    try (Stream<Path> paths = Files.walk(directory)) {
      return paths
          .filter(path -> path.toString().endsWith(".java"))
          .map(path -> "\n" + flat(read(path)))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Its lines without what they begin and end with of blanks. */
  private static String flat(String text) {
    StringBuilder flat = new StringBuilder();
    text.lines().forEach(line -> flat.append(line.strip()).append('\n'));
    return flat.toString();
  }
}
