package jiffy.runtime.printk.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** FormatString against java.util.Formatter and BigInteger, where they mean the same. */
class FormatStringPropertyTest {
  private final FormatBuffer out = new FormatBuffer(4096);

  private String format(String format, Object... args) {
    out.clear(4096);
    FormatString.compile(format).format(out, Symbolizer.NONE, args);
    return out.toString();
  }

  private String formatLong(String format, long value) {
    out.clear(4096);
    FormatString.compile(format).format(out, Symbolizer.NONE, 1, value, 0, 0, null, null, null);
    return out.toString();
  }

  /** Flags that mean the same to both: Java refuses some combinations which C ignores. */
  private static String flags(int choice) {
    return new String[] {"", "-", "0", "+", " ", "-+", "0+", "- ", "0 "}[choice];
  }

  @Property
  void signed64_anyFlags_agreesWithFormatter(
      @ForAll long value,
      @ForAll @IntRange(max = 8) int flags,
      @ForAll @IntRange(min = 1, max = 40) int width) {
    String java = "%" + flags(flags) + width + "d";
    String ours = java.replace("d", "lld");
    assertThat(formatLong(ours, value)).isEqualTo(String.format(Locale.ROOT, java, value));
    assertThat(format(ours, value)).isEqualTo(String.format(Locale.ROOT, java, value));
  }

  @Property
  void signed32_anyLong_isTruncated(@ForAll long value) {
    assertThat(formatLong("%d", value)).isEqualTo(Integer.toString((int) value));
    assertThat(formatLong("%hd", value)).isEqualTo(Short.toString((short) value));
    assertThat(formatLong("%hhd", value)).isEqualTo(Byte.toString((byte) value));
    assertThat(formatLong("%ld", value)).isEqualTo(Long.toString(value));
  }

  @Test
  void signed_besideEachPowerOfTen_hasAllItsDigits() {
    for (long power = 1; power > 0 && power <= Long.MAX_VALUE / 10; power *= 10) {
      for (long value = power - 2; value <= power + 1; value++) {
        assertThat(formatLong("%lld", value)).isEqualTo(Long.toString(value));
        assertThat(formatLong("%lld", -value)).isEqualTo(Long.toString(-value));
        assertThat(formatLong("%d", value)).isEqualTo(Integer.toString((int) value));
        assertThat(formatLong("%llu", -value)).isEqualTo(Long.toUnsignedString(-value));
      }
    }
  }

  @Property
  void decimals_upToThree_areAllPrintedWhereThereIsRoom(
      @ForAll int a, @ForAll long b, @ForAll short c, @ForAll @IntRange(max = 50) int limit) {
    out.clear(limit);
    FormatString.compile("<%d,%lld,%hd>\n")
        .format(out, Symbolizer.NONE, 3, a, b, c, null, null, null);
    String whole = "<" + a + "," + b + "," + c + ">\n";
    assertThat(out).hasToString(whole.substring(0, Math.min(limit, whole.length())));
  }

  @Property
  void unsigned_anyLong_agreesWithLong(@ForAll long value) {
    assertThat(formatLong("%llu", value)).isEqualTo(Long.toUnsignedString(value));
    assertThat(formatLong("%lx", value)).isEqualTo(Long.toHexString(value));
    assertThat(formatLong("%lo", value)).isEqualTo(Long.toOctalString(value));
    assertThat(formatLong("%u", value)).isEqualTo(Integer.toUnsignedString((int) value));
    assertThat(formatLong("%#X", value)).isEqualTo(String.format(Locale.ROOT, "0X%X", (int) value));
    assertThat(formatLong("%hhx", value)).isEqualTo(Long.toHexString(value & 0xff));
  }

  @Property
  void strings_anyText_agreeWithFormatterInUtf8(@ForAll String text, @ForAll boolean left) {
    String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    boolean fits = clean.getBytes(StandardCharsets.UTF_8).length <= 4000;
    if (fits) {
      assertThat(format("<%s>", text)).isEqualTo("<" + clean + ">");
      int bytes = clean.getBytes(StandardCharsets.UTF_8).length;
      String padding = " ".repeat(Math.max(0, 10 - bytes));
      assertThat(format(left ? "<%-10s>" : "<%10s>", text))
          .isEqualTo(left ? "<" + clean + padding + ">" : "<" + padding + clean + ">");
    }
  }

  @Property
  void limit_anyText_isNeverPassedAndCutsAtACharacter(
      @ForAll String text, @ForAll @IntRange(max = 64) int limit) {
    out.clear(limit);
    FormatString.compile("%s|%s").format(out, Symbolizer.NONE, text, text);
    String clean = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    assertThat(out.length()).isLessThanOrEqualTo(limit);
    assertThat(clean + "|" + clean).startsWith(out.toString());
  }

  @Property
  void anything_asFormat_neverThrows(@ForAll String format, @ForAll long a, @ForAll String s) {
    format(format, a, s, null);
    format("%" + format, a, s, null);
    formatLong("%" + format, a);
  }
}
