package jiffy.linux;

import static jiffy.linux.Glob.glob_match;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Wildcards: Linux's own table, and what it does not have. */
class GlobTest {
  @Test
  void glob_match_onLinuxsOwnTable_agreesInEveryRow() throws IOException {
    String shared = System.getProperty("jiffy.shared");
    Path table = Path.of(shared == null ? "." : shared, "vectors/kernel/glob.tsv");
    assumeTrue(
        shared != null && Files.exists(table),
        "-Djiffy.shared is not set: 64 rows of lib/globtest.c are not replayed");
    List<String> wrong = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(table)) {
      if (!line.startsWith("#")) {
        String[] cells = line.split("\t", -1);
        if (glob_match(cells[1], cells[2]) != cells[0].equals("1")) {
          wrong.add(line);
        }
        rows++;
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(rows).isEqualTo(64);
  }

  @Test
  void glob_match_backslash_makesTheNextOneOrdinary() {
    assertThat(glob_match("a\\*b", "a*b")).isTrue();
    assertThat(glob_match("a\\*b", "axb")).isFalse();
    assertThat(glob_match("\\[a]", "[a]")).isTrue();
    assertThat(glob_match("\\\\", "\\")).isTrue();
    assertThat(glob_match("a\\", "a")).isTrue();
    assertThat(glob_match("a\\", "a\\")).isFalse();
  }

  @Test
  void glob_match_bracketThatIsNeverClosed_isOrdinary() {
    assertThat(glob_match("[a", "[a")).isTrue();
    assertThat(glob_match("[!]", "[!]")).isTrue();
    assertThat(glob_match("[]", "[]")).isTrue();
    assertThat(glob_match("[a-", "a")).isFalse();
    assertThat(glob_match("x[a-]", "x-")).isTrue();
  }

  @Test
  void glob_match_dotsAndSlashes_areLikeAnyOther() {
    assertThat(glob_match("*", "/sys/.module")).isTrue();
    assertThat(glob_match("pci:v*d0000[13]*", "pci:v00008086d00003ab")).isTrue();
    assertThat(glob_match("", "")).isTrue();
    assertThat(glob_match("**", "")).isTrue();
    assertThat(glob_match("?", "")).isFalse();
  }

  /** With one place to go back to a million stars are no trouble. */
  @Test
  void glob_match_manyStars_ends() {
    assertThat(glob_match("*a".repeat(200) + "b", "a".repeat(20_000))).isFalse();
  }
}
