package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.cli.tool.FakeKernel;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays the 103 commands of INDEX.tsv, by the tools as users call them, over an equal tree of
 * JARs: prints what kmod 34.2 and a bit printed, byte for byte, with {@code .ko} read as {@code
 * .jar}; except where DIFFERENCES.tsv says what else, and why.
 */
class KmodProbeTest {
  private static final int ALL = 103;

  @TempDir static Path root;

  private static ProbeTree tree;

  /** A command and what it does. */
  private record Row(String id, String command, Outcome outcome) {
    static Row of(String[] column) {
      return new Row(column[0], column[1], Outcome.of(column[2], column[3], column[4]));
    }
  }

  /** Exit status, output, messages. */
  private record Outcome(int status, String out, String err) {
    static Outcome of(String status, String file, String err) {
      String out = file.equals("-") ? "" : ProbeTree.recorded(file);
      String messages = err.equals("-") ? "" : err.replace("\\n", "\n");
      return new Outcome(Integer.parseInt(status), out, messages);
    }

    Outcome here() {
      return new Outcome(status, tree.here(out), tree.here(err));
    }
  }

  private static final List<Row> ROWS =
      rows("INDEX.tsv").map(line -> Row.of(line.split("\t", -1))).toList();

  /** What we do instead. */
  private static final Map<String, Outcome> DIFFERENCES = differences();

  @BeforeAll
  static void buildTree() {
    tree = ProbeTree.in(root);
  }

  @TestFactory
  Stream<DynamicTest> commands_doWhatIsRecorded() {
    return ROWS.stream().map(row -> DynamicTest.dynamicTest(row.id(), () -> check(row)));
  }

  @Test
  void rows_areAll_andDifferencesAreOfSome() {
    assertThat(ROWS).extracting(Row::id).doesNotHaveDuplicates().hasSize(ALL);
    assertThat(ROWS).extracting(Row::id).containsAll(DIFFERENCES.keySet());
  }

  private static void check(Row row) {
    Outcome theirs = row.outcome().here();
    Outcome ours = run(tree.here(row.command()));
    Outcome instead = DIFFERENCES.get(row.id());
    if (instead == null) {
      assertThat(ours).isEqualTo(theirs);
    } else {
      assertThat(ours).isEqualTo(instead.here());
      assertThat(ours).as("a difference that is none: strike it off").isNotEqualTo(theirs);
    }
  }

  private static Outcome run(String command) {
    List<String> words = words(command);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Toolbox.run(
            new Invocation(
                words.get(0),
                words.subList(1, words.size()),
                root,
                Map.of(),
                false,
                out,
                err,
                HangUp.NEVER,
                new FakeKernel(),
                root.resolve("state")));
    return new Outcome(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  /** As a shell takes it apart: quotes keep blanks together. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (char c : (command + " ").toCharArray()) {
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ' ' && !quoted) {
        if (word.length() > 0) {
          words.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    return words;
  }

  private static Map<String, Outcome> differences() {
    Map<String, Outcome> differences = new HashMap<>();
    rows("../DIFFERENCES.tsv")
        .map(line -> line.split("\t", -1))
        .forEach(
            column -> {
              assertThat(column).as("with a reason").hasSize(5).doesNotContain("");
              Outcome before =
                  differences.put(column[0], Outcome.of(column[1], column[2], column[3]));
              assertThat(before).as(column[0]).isNull();
            });
    return differences;
  }

  private static Stream<String> rows(String table) {
    try {
      return Files.readAllLines(ProbeTree.RECORDED.resolve(table)).stream()
          .filter(line -> !line.startsWith("#"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
