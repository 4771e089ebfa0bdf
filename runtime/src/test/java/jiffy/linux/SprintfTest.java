package jiffy.linux;

import static jiffy.linux.Sprintf.scnprintf;
import static jiffy.linux.Sprintf.snprintf;
import static jiffy.linux.Sprintf.sprintf;
import static jiffy.linux.Sprintf.vscnprintf;
import static jiffy.linux.Sprintf.vsnprintf;
import static jiffy.linux.Sprintf.vsprintf;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What C's functions of these names write and return. */
@OnBothPlatforms
class SprintfTest {
  private final TestKernel kernel;
  private final StringBuilder b = new StringBuilder();

  SprintfTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @Test
  void sprintf_appendsAndReturnsWhatItAppended() {
    assertThat(sprintf(b, "%9li %9li\n", 12L, -3L)).isEqualTo(20);
    assertThat(sprintf(b, "%s|%c|%%|%#x", "s", 'c', 255)).isEqualTo(10);
    assertThat(b).hasToString("       12        -3\ns|c|%|0xff");
  }

  /** The table of C99: what is there, and what would have been. */
  @ParameterizedTest
  @CsvSource({
    "0, '', 5, 0",
    "1, '', 5, 0",
    "2, 1, 5, 1",
    "5, 1234, 5, 4",
    "6, 12345, 5, 5",
    "100, 12345, 5, 5",
    "-1, '', 0, 0",
    "2147483648, '', 0, 0"
  })
  void snprintf_ofASize_countsTheNul(long size, String text, int returned, int written) {
    assertThat(snprintf(b, size, "%d", 12345)).isEqualTo(returned);
    assertThat(b).hasToString(text);
    StringBuilder c = new StringBuilder();
    assertThat(scnprintf(c, size, "%d", 12345)).isEqualTo(written);
    assertThat(c).hasToString(text);
  }

  /** C: n += scnprintf(buf + n, size - n, ...), for ever. */
  @Test
  void scnprintf_inALoop_neverGoesBeyondTheSize() {
    int n = 0;
    for (int i = 0; i < 10; i++) {
      n += scnprintf(b, 16 - n, "<%d>", i * 100);
    }
    assertThat(n).isEqualTo(15);
    assertThat(b).hasToString("<0><100><200><3");
  }

  @Test
  void text_thatIsNotAscii_countsItsBytesAndIsCutBeforeACharacter() {
    assertThat(sprintf(b, "%s", "é€\ud83d\ude00")).isEqualTo(2 + 3 + 4);
    b.setLength(0);
    assertThat(scnprintf(b, 5, "%s", "aé€")).as("room for four bytes").isEqualTo(3);
    assertThat(b).hasToString("aé");
    assertThat(snprintf(b, 5, "%s", "aé€")).isEqualTo(6);
  }

  @Test
  void nul_isACharacterAsAnyOther() {
    assertThat(sprintf(b, "a%cb", 0)).isEqualTo(3);
    assertThat(b).hasToString("a\0b");
  }

  /** 1024 bytes is where the first buffer ends; the character is on its border. */
  @ParameterizedTest
  @CsvSource({"1019", "1020", "1021", "1022", "1023", "1024", "8190", "8191"})
  void sprintf_ofALongText_losesNothing(int length) {
    String text = "x".repeat(length) + "€€€";
    assertThat(sprintf(b, "%s", text)).isEqualTo(length + 9);
    assertThat(b).hasToString(text);
  }

  @Test
  void vForms_takeTheArgumentsAsOne() {
    Object[] arguments = {1, "two"};
    assertThat(vsprintf(b, "%d %s", arguments)).isEqualTo(5);
    assertThat(vsnprintf(b, 3, "%d %s", arguments)).isEqualTo(5);
    assertThat(vscnprintf(b, 3, "%d %s", arguments)).isEqualTo(2);
    assertThat(b).hasToString("1 two1 1 ");
  }
}
