package samples.semprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Which test shows which row of truth/FACTS.md: facts.tsv, a row a test. Here it is only seen to
 * that the table is whole and points at what is there: lines of the probe, which {@link
 * SemprobeTest} compares, and test methods anywhere in the repository. A row that does not apply is
 * skipped, and says why.
 */
class FactsTest {
  /** The parts of FACTS of which each row is to be shown. */
  private static final List<String> PARTS =
      List.of(
          "MODULE TOOLS",
          "PARAMETERS",
          "TIMER API",
          "CONTEXT",
          "HRTIMER",
          "TASKLET",
          "WORKQUEUE",
          "LOCKS, WAITS, SLEEPS",
          "CONVERSIONS");

  @TestFactory
  List<DynamicTest> row_ofFacts_isShownByATest() throws IOException {
    Set<String> lines = probeLines();
    Map<String, String> tests = testSources();
    List<DynamicTest> all = new ArrayList<>();
    table()
        .forEach((row, shownBy) -> all.add(dynamicTest(row, () -> check(shownBy, lines, tests))));
    return all;
  }

  @Test
  void facts_ofTheseParts_areAllInTheTable() throws IOException {
    List<String> rows = new ArrayList<>();
    String part = "";
    for (String line : lines("/truth/FACTS.md")) {
      String first = line.startsWith("| ") ? line.substring(2, line.indexOf(" |", 2)) : "";
      if (first.startsWith("**")) {
        part = first.substring(2, first.indexOf("**", 2));
      } else if (PARTS.contains(part) && !first.isEmpty()) {
        rows.add(first);
      }
    }
    assertThat(rows).hasSize(155);
    assertThat(table().keySet()).containsAll(rows);
  }

  private static void check(String shownBy, Set<String> lines, Map<String, String> tests) {
    assumeTrue(!shownBy.startsWith("- "), shownBy);
    for (String one : shownBy.split("; ")) {
      int method = one.indexOf("Test#");
      if (method < 0) {
        assertThat(lines).contains(one);
      } else {
        assertThat(tests.get(one.substring(0, method + 4)))
            .as(one)
            .contains(" " + one.substring(method + 5) + "(");
      }
    }
  }

  /** The keys of the recorded lines that are asked for on Jiffy too. */
  private static Set<String> probeLines() throws IOException {
    Set<String> keys = new HashSet<>();
    for (String section : List.of("timer", "ctx", "hr", "tasklet", "wq", "sync", "conv")) {
      keys.addAll(Exemptions.of(section).keysExpected(Recording.ofLinux(section)));
    }
    return keys;
  }

  /** The text of each test class of the repository, by its simple name. */
  private static Map<String, String> testSources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    Files.walkFileTree(
        root(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.getFileName().toString();
            boolean skipped = name.equals("target") || name.startsWith(".");
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            String name = file.getFileName().toString();
            if (name.endsWith("Test.java")) {
              sources.put(name.replace(".java", ""), Files.readString(file));
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return sources;
  }

  /** The nearest directory upwards that holds module-api. */
  private static Path root() {
    Path dir = Path.of("").toAbsolutePath();
    while (!Files.exists(dir.resolve("module-api/pom.xml"))) {
      dir = dir.getParent();
    }
    return dir;
  }

  private static Map<String, String> table() throws IOException {
    Map<String, String> table = new LinkedHashMap<>();
    for (String line : lines("/facts.tsv")) {
      if (!line.startsWith("#")) {
        String[] fields = line.split("\t", -1);
        table.put(fields[0], fields[1]);
      }
    }
    return table;
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = FactsTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
