package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays what util-linux 2.43-devel printed, byte for byte.
 *
 * <p>74 of the 196 commands are among our resources. The others read util-linux's own test files,
 * which are not ours: they run if {@code -Djiffy.shared=DIR} names the directory of shared data.
 */
class VectorsTest {
  private static final int ALL = 196;
  private static final int OURS = 74;

  /** Where we do better than util-linux: the id or the start of it, what we do and why. */
  private static final List<Better> BETTER =
      List.of(
          new Better("F-empty", "an empty log is no error", run -> new Run(0, "", "")),
          new Better("K-empty", "an empty log is no error", run -> new Run(0, "", "")),
          new Better("F-empty-json", "JSON for an empty log is valid", Better::emptyJson),
          new Better("K-json-nomatch", "JSON for no match is valid", Better::emptyJson),
          new Better("K-ctl*", "unknown fields are not text; a last record is whole", Better::ctl),
          new Better(
              "err-version",
              "the version is that of the recorded sessions",
              run -> new Run(0, "dmesg from util-linux 2.38.1\n", "")));

  /** A deliberate difference. */
  private record Better(String id, String reason, UnaryOperator<Run> change) {
    boolean concerns(String vector) {
      return id.endsWith("*")
          ? vector.startsWith(id.substring(0, id.length() - 1))
          : vector.equals(id);
    }

    static Run emptyJson(Run theirs) {
      return new Run(0, "{\n   \"dmesg\": []\n}\n", "");
    }

    static Run ctl(Run theirs) {
      String out = theirs.out().replace("future=field;", "");
      return new Run(0, out.replace("no newline at the e", "no newline at the end"), "");
    }
  }

  @TestFactory
  Stream<DynamicTest> probes_giveRecordedOutput() {
    List<String> rows = rows(Run.RESOURCES);
    assertThat(rows).hasSize(OURS);
    return rows.stream().map(row -> test(Run.RESOURCES, row));
  }

  @TestFactory
  Stream<DynamicTest> upstreamInputs_giveRecordedOutput() {
    Path vectors = shared();
    if (vectors == null) {
      return Stream.empty();
    }
    List<String> rows = rows(vectors);
    assertThat(rows).hasSize(ALL);
    List<String> ours = rows(Run.RESOURCES);
    return rows.stream().filter(row -> !ours.contains(row)).map(row -> test(vectors, row));
  }

  @Test
  void upstreamInputs_areThere() {
    assumeTrue(
        shared() != null,
        () -> (ALL - OURS) + " of " + ALL + " vectors skipped: no -Djiffy.shared=DIR of test data");
  }

  private static DynamicTest test(Path directory, String row) {
    String[] column = row.split("\t");
    return DynamicTest.dynamicTest(column[0], () -> check(directory, column));
  }

  private static void check(Path directory, String[] column) {
    Map<String, String> environment = Map.of();
    if (!"-".equals(column[2])) {
      String[] pair = column[2].split("=", 2);
      environment = Map.of(pair[0], pair[1]);
    }
    String err = "-".equals(column[6]) ? "" : column[6].replace("\\n", "\n");
    Run expected =
        new Run(Integer.parseInt(column[5]), Run.content(directory.resolve(column[4])), err);
    for (Better better : BETTER) {
      expected = better.concerns(column[0]) ? better.change().apply(expected) : expected;
    }
    Run run = Run.of(new FakeKernelLog(), directory, environment, Run.words(column[3]));
    assertThat(run).isEqualTo(expected);
  }

  private static List<String> rows(Path directory) {
    return Run.content(directory.resolve("INDEX.tsv"))
        .lines()
        .filter(line -> !line.startsWith("#"))
        .toList();
  }

  /** The shared vectors, looked for from the repository and from this module; or null. */
  private static Path shared() {
    String name = System.getProperty("jiffy.shared", "");
    if (name.isEmpty()) {
      return null;
    }
    return Stream.of("", "..")
        .map(base -> Path.of(base).resolve(name).resolve("vectors/dmesg"))
        .filter(path -> Files.isRegularFile(path.resolve("INDEX.tsv")))
        .findFirst()
        .orElse(null);
  }
}
