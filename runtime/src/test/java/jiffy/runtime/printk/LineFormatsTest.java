package jiffy.runtime.printk;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatsTest {
  private static final int ONE_NUMBER = 1;

  private final LineFormats formats = new LineFormats();

  private int numberOf(LineFormat format) {
    format.number(formats, ONE_NUMBER);
    format.number(formats, ONE_NUMBER);
    return format.number(formats, ONE_NUMBER);
  }

  @Test
  void get_sameText_compilesOnceAndStaysBounded() {
    LineFormat first = formats.get("%d apples");
    assertThat(formats.get(new String("%d apples"))).isSameAs(first);
    for (int i = 0; i < 10_000; i++) {
      assertThat(formats.get("format " + i).source).isEqualTo("format " + i);
    }
    assertThat(formats.get(null).source).isEqualTo("(null)");
  }

  @Test
  void number_atTheFirstLookUp_isNone() {
    LineFormat format = formats.get("%d apples\n");
    assertThat(format.number(formats, ONE_NUMBER)).isEqualTo(LineFormat.AS_TEXT);
    int number = numberOf(format);
    assertThat(number).isPositive();
    assertThat(formats.numbered(number)).isSameAs(format);
  }

  @Test
  void number_ofTheSameText_isTheSame() {
    int number = numberOf(new LineFormat("%d apples\n"));
    assertThat(numberOf(new LineFormat("%d apples\n"))).isEqualTo(number);
    assertThat(numberOf(new LineFormat("%d pears\n"))).isPositive().isNotEqualTo(number);
  }

  @Test
  void number_argumentsThatDoNotFit_isNone() {
    LineFormat format = formats.get("%d of %d\n");
    assertThat(numberOf(format)).as("one number for two").isEqualTo(LineFormat.AS_TEXT);
    assertThat(format.number(formats, 2)).isPositive();
    assertThat(format.number(formats, 2 | 1 << 4)).as("an object").isEqualTo(LineFormat.AS_TEXT);
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
      LineFormat format = new LineFormat("format " + i + "\n");
      int number = numberOf(format);
      if (number != LineFormat.AS_TEXT) {
        found++;
        assertThat(formats.numbered(number)).isSameAs(format);
      }
    }
    assertThat(found).isBetween(3_000, 4_096);
  }
}
