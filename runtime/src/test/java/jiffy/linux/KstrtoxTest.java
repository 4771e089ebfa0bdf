package jiffy.linux;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ERANGE;
import static jiffy.linux.Kstrtox.kstrtobool;
import static jiffy.linux.Kstrtox.kstrtoint;
import static jiffy.linux.Kstrtox.kstrtol;
import static jiffy.linux.Kstrtox.kstrtoll;
import static jiffy.linux.Kstrtox.kstrtos16;
import static jiffy.linux.Kstrtox.kstrtos8;
import static jiffy.linux.Kstrtox.kstrtou16;
import static jiffy.linux.Kstrtox.kstrtou8;
import static jiffy.linux.Kstrtox.kstrtouint;
import static jiffy.linux.Kstrtox.kstrtoul;
import static jiffy.linux.Kstrtox.kstrtoull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers in texts: Linux's own table, and what it does not have. */
class KstrtoxTest {
  @Test
  void kstrtox_onLinuxsOwnTable_agreesInEveryRow() throws IOException {
    String shared = System.getProperty("jiffy.shared");
    Path table = Path.of(shared == null ? "." : shared, "vectors/kernel/kstrtox.tsv");
    assumeTrue(
        shared != null && Files.exists(table),
        "-Djiffy.shared is not set: 477 rows of lib/test-kstrtox.c are not replayed");
    List<String> wrong = new ArrayList<>();
    int rows = 0;
    for (String line : Files.readAllLines(table)) {
      if (!line.startsWith("#")) {
        String[] cells = line.split("\t", -1);
        String text = cells[1].replace("\\n", "\n");
        String got = call(cells[0], text, Integer.parseInt(cells[2]));
        if (!got.equals(cells[3].replace("LLONG_MIN", Long.toString(Long.MIN_VALUE)))) {
          wrong.add(line + " -> " + got);
        }
        rows++;
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(rows).isEqualTo(477);
  }

  private static String call(String function, String text, int base) {
    long[] wide = {77};
    int[] word = {77};
    short[] half = {77};
    byte[] small = {77};
    switch (function) {
      case "kstrtoull":
        return shown(kstrtoull(text, base, wide), Long.toUnsignedString(wide[0]));
      case "kstrtoll":
        return shown(kstrtoll(text, base, wide), Long.toString(wide[0]));
      case "kstrtou64":
        return shown(kstrtoul(text, base, wide), Long.toUnsignedString(wide[0]));
      case "kstrtos64":
        return shown(kstrtol(text, base, wide), Long.toString(wide[0]));
      case "kstrtou32":
        return shown(kstrtouint(text, base, word), Integer.toUnsignedString(word[0]));
      case "kstrtos32":
        return shown(kstrtoint(text, base, word), Integer.toString(word[0]));
      case "kstrtou16":
        return shown(kstrtou16(text, base, half), Integer.toString(half[0] & 0xffff));
      case "kstrtos16":
        return shown(kstrtos16(text, base, half), Integer.toString(half[0]));
      case "kstrtou8":
        return shown(kstrtou8(text, base, small), Integer.toString(small[0] & 0xff));
      case "kstrtos8":
        return shown(kstrtos8(text, base, small), Integer.toString(small[0]));
      default:
        return "no " + function;
    }
  }

  private static String shown(int error, String value) {
    return error == 0 ? value : value.equals("77") ? "FAIL" : "failed, yet stored " + value;
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "Y", "t", "true", "1", "on", "oN", "ON", "yes", "1x"})
  void kstrtobool_onYes_isTrue(String text) {
    boolean[] res = {false};
    assertThat(kstrtobool(text, res)).isZero();
    assertThat(res[0]).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "N", "f", "False", "0", "off", "oF", "OFF", "no"})
  void kstrtobool_onNo_isFalse(String text) {
    boolean[] res = {true};
    assertThat(kstrtobool(text, res)).isZero();
    assertThat(res[0]).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "maybe", "o", "ox", "o1", "o0", " y"})
  void kstrtobool_onAnythingElse_isEinvalAndStoresNothing(String text) {
    boolean[] res = {true};
    assertThat(kstrtobool(text, res)).isEqualTo(-EINVAL);
    assertThat(res[0]).isTrue();
  }

  @Test
  void kstrtox_onTooMuch_isErangeBeforeGarbageIsSeen() {
    long[] res = new long[1];
    assertThat(kstrtoull("18446744073709551616", 0, res)).isEqualTo(-ERANGE);
    assertThat(kstrtoull("18446744073709551616x", 0, res)).isEqualTo(-ERANGE);
    assertThat(kstrtoll("-9223372036854775809", 0, res)).isEqualTo(-ERANGE);
    assertThat(kstrtou8("256", 0, new byte[1])).isEqualTo(-ERANGE);
    assertThat(kstrtou8("-1", 0, new byte[1])).isEqualTo(-EINVAL);
    assertThat(kstrtoll("-+1", 0, res)).isEqualTo(-EINVAL);
  }

  @Test
  void kstrtox_onATextWithANul_endsThere() {
    long[] res = new long[1];
    assertThat(kstrtoull(new StringBuilder("12\n\0junk"), 0, res)).isZero();
    assertThat(res[0]).isEqualTo(12);
  }
}
