package jiffy.runtime.printk.ring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatsTest {
  private static final int ONE_NUMBER = 1;

  private final LineFormats formats = new LineFormats();

  private int numberOf(LineFormat format) {
    format.number(format.source, ONE_NUMBER);
    format.number(format.source, ONE_NUMBER);
    return format.number(format.source, ONE_NUMBER);
  }

  @Test
  void get_sameText_compilesOnce() {
    LineFormat first = formats.get("%d apples");
    assertThat(formats.get(new String("%d apples"))).isSameAs(first);
    for (int i = 0; i < 10_000; i++) {
      assertThat(formats.get("format " + i).source).isEqualTo("format " + i);
    }
    assertThat(formats.get(null).source).isEqualTo("(null)");
  }

  @Test
  void number_ofTheFirstLine_isNone() {
    LineFormat format = formats.get("%d apples\n");
    assertThat(format.number(format.source, ONE_NUMBER)).isEqualTo(LineFormat.AS_TEXT);
    int number = numberOf(format);
    assertThat(number).isPositive();
    assertThat(formats.numbered(number)).isSameAs(format);
  }

  @Test
  void number_ofTheSameText_isTheSame() {
    int number = numberOf(new LineFormat(formats, "%d apples\n"));
    assertThat(numberOf(new LineFormat(formats, "%d apples\n"))).isEqualTo(number);
    assertThat(numberOf(new LineFormat(formats, "%d pears\n"))).isPositive().isNotEqualTo(number);
  }

  @Test
  void number_argumentsThatDoNotFit_isNone() {
    LineFormat format = formats.get("%d of %d\n");
    assertThat(numberOf(format)).as("one number for two").isEqualTo(LineFormat.AS_TEXT);
    for (int i = 0; i < 3; i++) {
      int object = 2 | 1 << 4;
      assertThat(format.number(format.source, object)).as("an object").isEqualTo(-1);
    }
    assertThat(format.number(format.source, 2)).as("the first that fits").isEqualTo(-1);
    format.number(format.source, 2);
    assertThat(format.number(format.source, 2)).isPositive();
  }

  @Test
  void number_ofTextsPutTogether_isNone() {
    LineFormat format = formats.get("%d apples\n");
    for (int i = 0; i < 3; i++) {
      assertThat(format.number(new String(format.source), ONE_NUMBER)).isEqualTo(-1);
    }
    assertThat(numberOf(format)).isPositive();
    assertThat(format.number(new String(format.source), ONE_NUMBER)).isEqualTo(-1);
  }

  @Test
  void number_ofATextThatFitsInNoRecord_isNone() {
    assertThat(numberOf(new LineFormat(formats, "x".repeat(2_000) + "\n"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "no newline %d",
        "ends with a number\n%d",
        "\001c%d continues\n",
        "\001%d: its level is an argument\n",
        "\001x%d: no header\n",
        "%s\n",
        "%5d\n",
        "%x %d\n",
        "%d %d %d %d\n",
        "%q is none\n",
        ""
      })
  void number_whatIsNotKnownBeforeItIsPrinted_isNone(String format) {
    assertThat(numberOf(formats.get(format))).isEqualTo(LineFormat.AS_TEXT);
  }

  @Test
  void number_ofTooMany_isNone() {
    int found = 0;
    for (int i = 0; i < 10_000; i++) {
      LineFormat format = new LineFormat(formats, "format " + i + "\n");
      int number = numberOf(format);
      if (number != LineFormat.AS_TEXT) {
        found++;
        assertThat(formats.numbered(number)).isSameAs(format);
      }
    }
    assertThat(found).isBetween(3_000, 4_096);
  }
}
