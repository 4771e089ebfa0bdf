package jiffy.cli.kmod.index;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Shell patterns, as fnmatch(3) without flags answers. */
class FnmatchTest {
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "char_major_10_*, char_major_10_5, true",
    "char_major_10_*, char_major_10_, true",
    "char_major_10_*, char_major_1_5, false",
    "'', '', true",
    "*, '', true",
    "?, '', false",
    "a?c, abc, true",
    "a?c, ac, false",
    "*a*b*c, xaxbxbxc, true",
    "*a*b*c, xaxbxbx, false",
    "pci:v*d[0-9A-F]*, pci:v12d7, true",
    "pci:v*d[0-9A-F]*, pci:v12dx, false",
    "[!a-c]x, dx, true",
    "[!a-c]x, bx, false",
    "[^a-c]x, bx, false",
    "[]]x, ]x, true",
    "[a-]x, -x, true",
    "[a, [a, true",
    "a\\*, a*, true",
    "a\\*, ab, false",
    "a\\, a\\, true",
    "usb:v1*, usb:v1, true",
    "x, y, false"
  })
  void matches_asFnmatchDoes(String pattern, String text, boolean expected) {
    assertThat(Fnmatch.matches(pattern, text)).isEqualTo(expected);
  }

  @Test
  void matches_ofManyStars_ends() {
    assertThat(Fnmatch.matches("*a".repeat(50) + "b", "a".repeat(5_000))).isFalse();
  }
}
