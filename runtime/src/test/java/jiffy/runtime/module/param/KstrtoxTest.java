package jiffy.runtime.module.param;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.linux.Errno;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    try {
      switch (function) {
        case "kstrtoull":
          return Long.toUnsignedString(Kstrtox.kstrtoull(text, base));
        case "kstrtoll":
          return Long.toString(Kstrtox.kstrtoll(text, base));
        default:
          int bits = Integer.parseInt(function.replaceAll("\\D", ""));
          return number(function, text, base, bits);
      }
    } catch (ParamException e) {
      return "FAIL";
    }
  }

  private static String number(String function, String text, int base, int bits)
      throws ParamException {
    return function.startsWith("kstrtos")
        ? Long.toString(Kstrtox.signed(text, base, bits))
        : Long.toUnsignedString(Kstrtox.unsigned(text, base, bits));
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "Y", "t", "true", "1", "on", "oN", "ON", "yes", "1x"})
  void kstrtobool_onYes_isTrue(String text) throws ParamException {
    assertThat(Kstrtox.kstrtobool(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"n", "N", "f", "False", "0", "off", "oF", "OFF", "no"})
  void kstrtobool_onNo_isFalse(String text) throws ParamException {
    assertThat(Kstrtox.kstrtobool(text)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "2", "maybe", "o", "ox", "o1", "o0", " y"})
  void kstrtobool_onAnythingElse_isEinval(String text) {
    assertErrno(Errno.EINVAL, () -> Kstrtox.kstrtobool(text));
  }

  @Test
  void kstrtox_onTooMuch_isErangeBeforeGarbageIsSeen() {
    assertErrno(Errno.ERANGE, () -> Kstrtox.kstrtoull("18446744073709551616", 0));
    assertErrno(Errno.ERANGE, () -> Kstrtox.kstrtoull("18446744073709551616x", 0));
    assertErrno(Errno.ERANGE, () -> Kstrtox.kstrtoll("-9223372036854775809", 0));
    assertErrno(Errno.ERANGE, () -> Kstrtox.unsigned("256", 0, 8));
    assertErrno(Errno.EINVAL, () -> Kstrtox.unsigned("-1", 0, 8));
    assertErrno(Errno.EINVAL, () -> Kstrtox.kstrtoll("-+1", 0));
  }

  private static void assertErrno(int errno, ThrowingCallable c) {
    assertThatThrownBy(c)
        .isInstanceOfSatisfying(ParamException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }
}
