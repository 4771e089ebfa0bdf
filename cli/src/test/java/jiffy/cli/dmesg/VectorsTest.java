package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Replays the 196 commands of INDEX.tsv: prints what util-linux 2.43-devel printed, byte for byte,
 * except where DIFFERENCES.tsv says what else, and why.
 *
 * <p>The files of 75 of them are among our resources. The others read util-linux's own test files,
 * which are not ours: they run if {@code -Djiffy.shared=DIR} names the directory of shared data.
 */
class VectorsTest {
  private static final int ALL = 196;
  private static final int OURS = 75;

  /** A command, and what util-linux did. */
  private record Vector(String id, String overrides, String arguments, Outcome outcome) {
    static Vector of(String[] column) {
      return new Vector(
          column[0], column[2], column[3], new Outcome(column[4], column[5], column[6]));
    }

    boolean isAt(Path directory) {
      return Files.isRegularFile(directory.resolve(outcome.file()));
    }

    Run run(Path directory) {
      Map<String, String> environment = Map.of();
      if (!"-".equals(overrides)) {
        String[] pair = overrides.split("=", 2);
        environment = Map.of(pair[0], pair[1]);
      }
      return Run.of(new FakeKernelLog(), directory, environment, Run.words(arguments));
    }
  }

  /** What a command did, as it stands in a table. */
  private record Outcome(String file, String status, String err) {
    Run in(Path directory) {
      return new Run(
          Integer.parseInt(status),
          Run.content(directory.resolve(file)),
          "-".equals(err) ? "" : err.replace("\\n", "\n"));
    }
  }

  private static final List<Vector> VECTORS =
      rows("INDEX.tsv").map(row -> Vector.of(row.split("\t", -1))).toList();

  /** What we do instead, by the vector's id. */
  private static final Map<String, Outcome> DIFFERENCES = differences();

  @TestFactory
  Stream<DynamicTest> vectors_giveRecordedOutput() {
    List<Vector> ours = VECTORS.stream().filter(vector -> vector.isAt(Run.RESOURCES)).toList();
    assertThat(ours).hasSize(OURS);
    return ours.stream().map(vector -> test(vector, Run.RESOURCES));
  }

  @TestFactory
  Stream<DynamicTest> vectorsOfUpstreamInputs_giveRecordedOutput() {
    Path shared = shared();
    if (shared == null) {
      return Stream.empty();
    }
    assertThat(VECTORS).allMatch(vector -> vector.isAt(shared));
    return VECTORS.stream()
        .filter(vector -> !vector.isAt(Run.RESOURCES))
        .map(vector -> test(vector, shared));
  }

  @Test
  void vectorsOfUpstreamInputs_areThere() {
    assumeTrue(
        shared() != null,
        () -> (ALL - OURS) + " of " + ALL + " vectors skipped: no -Djiffy.shared=DIR of test data");
    assertThat(Run.content(shared().resolve("INDEX.tsv")))
        .isEqualTo(Run.content(Run.RESOURCES.resolve("INDEX.tsv")));
  }

  @Test
  void vectors_areAll_andDifferencesAreOfSome() {
    assertThat(VECTORS).extracting(Vector::id).doesNotHaveDuplicates().hasSize(ALL);
    assertThat(VECTORS).extracting(Vector::id).containsAll(DIFFERENCES.keySet());
  }

  private static DynamicTest test(Vector vector, Path directory) {
    return DynamicTest.dynamicTest(vector.id(), () -> check(vector, directory));
  }

  private static void check(Vector vector, Path directory) {
    Run theirs = vector.outcome().in(directory);
    Run ours = vector.run(directory);
    Outcome instead = DIFFERENCES.get(vector.id());
    if (instead == null) {
      assertThat(ours).isEqualTo(theirs);
    } else {
      assertThat(ours).isEqualTo(instead.in(Run.RESOURCES));
      assertThat(ours).as("a difference that is none: strike it off").isNotEqualTo(theirs);
    }
  }

  private static Map<String, Outcome> differences() {
    Map<String, Outcome> differences = new HashMap<>();
    rows("DIFFERENCES.tsv")
        .map(row -> row.split("\t", -1))
        .forEach(
            column -> {
              assertThat(column).as("with a reason").hasSize(5).doesNotContain("");
              Outcome before =
                  differences.put(column[0], new Outcome(column[1], column[2], column[3]));
              assertThat(before).as(column[0]).isNull();
            });
    return differences;
  }

  private static Stream<String> rows(String table) {
    return Run.content(Run.RESOURCES.resolve(table)).lines().filter(line -> !line.startsWith("#"));
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
