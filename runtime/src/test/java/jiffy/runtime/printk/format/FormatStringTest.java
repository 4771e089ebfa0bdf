package jiffy.runtime.printk.format;

import static jiffy.linux.Err.ERR_PTR;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatStringTest {
  private static final Symbolizer SYMBOLS =
      new Symbolizer() {
        @Override
        public long addressOf(Object object) {
          return 0xffff888000001000L;
        }

        @Override
        public String nameOf(Object function) {
          return function instanceof Runnable ? "kt_timer [kt]" : null;
        }
      };

  private final FormatBuffer out = new FormatBuffer(1024);

  private String format(String format, Object... args) {
    out.clear(1024);
    FormatString.compile(format).format(out, SYMBOLS, args);
    return out.toString();
  }

  private String formatLong(String format, long value) {
    out.clear(1024);
    FormatString.compile(format).format(out, SYMBOLS, 1, value, 0, 0, null, null, null);
    return out.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "%hhu|300|44",
        "%hhd|200|-56",
        "%hd|65535|-1",
        "%hu|-1|65535",
        "%d|4294967296|0",
        "%d|-1|-1",
        "%u|-1|4294967295",
        "%x|-1|ffffffff",
        "%lx|-1|ffffffffffffffff",
        "%ld|4294967296|4294967296",
        "%lld|-1|-1",
        "%llu|-1|18446744073709551615",
        "%zu|-1|18446744073709551615",
        "%td|-5|-5",
        "%qd|-9223372036854775808|-9223372036854775808",
        "%Lu|-9223372036854775808|9223372036854775808",
        "%i|42|42",
        "%5d|42|   42",
        "%-5d|42|42   ",
        "%05d|42|00042",
        "%05d|-42|-0042",
        "%-05d|42|42   ",
        "%#x|255|0xff",
        "%#X|255|0XFF",
        "%#x|0|0x0",
        "%#o|8|010",
        "%#o|0|0",
        "%o|-1|37777777777",
        "%+d|42|+42",
        "% d|42| 42",
        "%+ d|42|+42",
        "%+u|42|42",
        "%.5d|42|00042",
        "%8.5d|-42|  -00042",
        "%.0d|0|0",
        "%.d|0|0",
        "%c|120|x",
        "%3c|120|  x",
        "%-3c|120|x  ",
        "%s|-17|-17",
        "%px|4660|0000000000001234",
        "%#px|4660|0x00000000001234",
        "%20px|4660|                1234",
        "%p|0|0000000000000000",
        "%p|-12|fffffffffffffff4",
        "%pe|-12|-ENOMEM",
        "%10pe|-12|   -ENOMEM",
        "%pe|-517|-EPROBE_DEFER",
        "%pe|-4000|-4000",
      })
  void format_oneLong_isAsOnLinux(String format, long value, String expected) {
    assertThat(formatLong("[" + format + "]", value)).isEqualTo("[" + expected + "]");
    assertThat(format("[" + format + "]", value)).isEqualTo("[" + expected + "]");
    assertThat(out.problems()).isZero();
  }

  @Test
  void format_rowsOfTheProbe_matchTheRecordedKernel() {
    assertThat(
            format(
                "Q58 [%5d] [%-5d] [%05d] [%#x] [%+d] [% d] [%lld] [%llu] [%hhu] [%c] [%.3s] [%*d]"
                    + " [%zu]\n",
                42, 42, 42, 255, 42, 42, -1L, -1L, 300, 'x', "abcdef", 6, 7, 4))
        .isEqualTo(
            "Q58 [   42] [42   ] [00042] [0xff] [+42] [ 42] [-1] [18446744073709551615] [44] [x]"
                + " [abc] [     7] [4]\n");
    byte[] hex = "ABCDEFGHIJ".getBytes(StandardCharsets.UTF_8);
    assertThat(format("Q59 %%pd... %pM %pI4 %*ph\n", hex, hex, 5, hex))
        .isEqualTo("Q59 %pd... 41:42:43:44:45:46 65.66.67.68 41 42 43 44 45\n");
  }

  @Test
  void format_strings_padAndCut() {
    assertThat(format("[%s] [%5s] [%-5s] [%.2s] [%5.2s]", "abc", "abc", "abc", "abc", "abc"))
        .isEqualTo("[abc] [  abc] [abc  ] [ab] [   ab]");
    assertThat(format("%s %10s|%.3s", null, null, null)).isEqualTo("(null)     (null)|(nu");
    assertThat(format("%s %s %s", 7, true, new StringBuilder("sb"))).isEqualTo("7 true sb");
    assertThat(format("%.3s|%4.2s", "aé€", "é")).isEqualTo("aé|  é");
  }

  @Test
  void format_starWidthNegative_isLeft() {
    assertThat(format("[%*d] [%-*d] [%.*d] [%.*s]", -4, 7, 4, 7, 3, 7, 2, "abc"))
        .isEqualTo("[7   ] [7   ] [007] [ab]");
    assertThat(format("[%.*d]", -5, 7)).isEqualTo("[7]");
  }

  @Test
  void format_tooFewArguments_marksThem() {
    assertThat(format("a %d b %s c\n", 1)).isEqualTo("a 1 b (missing) c\n");
    assertThat(out.problems()).isEqualTo(FormatBuffer.MISSING_ARGUMENT);
    assertThat(format("%*d", (Object[]) null)).isEqualTo("(missing)");
    assertThat(format("no arguments", 1, 2)).isEqualTo("no arguments");
    assertThat(out.problems()).isZero();
  }

  @Test
  void format_badConversion_printsTheRestAsItIs() {
    assertThat(format("a %d %zk %d\n", 1, 2)).isEqualTo("a 1 %zk %d\n");
    assertThat(out.problems()).isEqualTo(FormatBuffer.BAD_CONVERSION);
    assertThat(format("%n")).isEqualTo("%n");
    assertThat(format("100%")).isEqualTo("100%");
    assertThat(format("%d%%", 5)).isEqualTo("5%");
  }

  @Test
  void format_wrongArgument_saysSo() {
    assertThat(format("%d %c %pI4 %*d", "x", "xy", "z", "w", 5))
        .isEqualTo("(einval) (einval) (einval) 5");
    assertThat(out.problems()).isEqualTo(FormatBuffer.BAD_ARGUMENT);
  }

  @Test
  void format_toStringThrows_isShown() {
    Object bad =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("secret");
          }
        };
    assertThat(format("%s, %d", bad, 1)).isEqualTo("(IllegalStateException in toString), 1");
    assertThat(out.problems()).isEqualTo(FormatBuffer.ARGUMENT_THREW);
  }

  @Test
  void format_pointers_areHashedTheSameEachTime() {
    Object object = new Object();
    String hashed = format("%p", object);
    assertThat(hashed).matches("00000000[0-9a-f]{8}").isEqualTo(format("%pK", object));
    assertThat(format("%px", object)).isEqualTo("ffff888000001000");
    assertThat(format("%p", (Object) null)).isEqualTo("0000000000000000");
    out.clear(100);
    FormatString.compile("%p").format(out, Symbolizer.NONE, object);
    assertThat(out.toString()).isEqualTo("(____ptrval____)");
  }

  @Test
  void format_symbols_areNamed() {
    Runnable function = () -> {};
    assertThat(format("%ps %pS %pf %ps", function, function, function, "my_init"))
        .isEqualTo("kt_timer [kt] kt_timer [kt] kt_timer [kt] my_init");
    assertThat(format("%20ps|", function)).isEqualTo("       kt_timer [kt]|");
  }

  @Test
  void format_bytes_haveSeparators() {
    byte[] six = {0, 1, 2, (byte) 0xff, 4, 5};
    assertThat(format("%*phC %*phD %*phN %pMF %pm %pi4", 3, six, 3, six, 9, six, six, six, six))
        .isEqualTo("00:01:02 00-01-02 000102ff0405 00-01-02-ff-04-05 000102ff0405 000.001.002.255");
    assertThat(format("%pMR %pmR", six, six)).isEqualTo("05:04:ff:02:01:00 0504ff020100");
    assertThat(format("%3ph|%3phC|%3phD|%3phN", six, six, six, six))
        .isEqualTo("00 01 02|00:01:02|00-01-02|000102");
    assertThat(format("%*ph", 4, null)).isEqualTo("(null)");
  }

  /** What lib/test_printf.c asks of numbers: own rows in its order. */
  @Test
  void format_numbers_asTheKernelsOwnTestHasThem() {
    assertThat(format("%#-12x|%#12x", 0x1234abcd, 0x1234abcd))
        .isEqualTo("0x1234abcd  |  0x1234abcd");
    assertThat(format("%d|%03d|%3d|%+d|% d|%+d|% d", 0, 1, 12, 123, 1234, -123, -1234))
        .isEqualTo("0|001| 12|+123| 1234|-123|-1234");
    assertThat(format("%hhu|%hhu|%hhu|%hhu|%hhu", 0, 1, 257, 128, -1)).isEqualTo("0|1|1|128|255");
    assertThat(format("%hhd|%hhd|%hhd|%hhd|%hhd", 0, 1, 257, 128, -1)).isEqualTo("0|1|1|-128|-1");
    assertThat(format("%ho%ho%#ho", 1037, 5282, -11627)).isEqualTo("2015122420151225");
    assertThat(format("%.2d|%.1d|%.0d|%.*d|%1.0d", 0, 0, 0, 0, 0, 0)).isEqualTo("00|0|0|0|0");
    assertThat(format("%#02x|%#02x", (byte) -16, -16 & 0xff)).isEqualTo("0xfffffff0|0xf0");
    assertThat(format("%zu %zd %tu %5% %-5%|", 4, -4, 5)).isEqualTo("4 -4 5 % %|");
    assertThat(format("%lu %lx %lo %li %llx", -1, -1, 8, -8, 255))
        .isEqualTo("18446744073709551615 ffffffffffffffff 10 -8 ff");
  }

  /**
   * What it asks of strings: a bare dot is no precision, a negative one is 0; C has it otherwise.
   */
  @Test
  void format_strings_asTheKernelsOwnTestHasThem() {
    assertThat(format("%s%.0s", "", "123")).isEmpty();
    assertThat(format("%s|%.3s|%.*s", "ABCD", "abcdef", 3, "123456")).isEqualTo("ABCD|abc|123");
    assertThat(format("%-3s|%3s|%-*s|%*s|%*s", "1", "2", 3, "3", 3, "4", -3, "5"))
        .isEqualTo("1  |  2|3  |  4|5  ");
    assertThat(format("%-10.4s|%10.4s", "123456", "123456")).isEqualTo("1234      |      1234");
    assertThat(format("%4.*s|%.s", -5, "123456", "123456")).isEqualTo("    |123456");
    assertThat(format("%.s|%.0s|%.*s", "a", "b", 0, "c")).isEqualTo("a||");
    assertThat(format("%-3.s|%-3.0s|%-3.*s", "a", "b", 0, "c")).isEqualTo("a  |   |   ");
    assertThat(format("%05s|%+s|%hs", "a", "b", "c")).isEqualTo("    a|b|c");
    assertThat(format("xxx%cyyy %c %c", '%', 0x20ac, "z")).isEqualTo("xxx%yyy € z");
  }

  @Test
  void format_errorPointers_areShownAsTheirErrors() {
    Object enomem = ERR_PTR(-12);
    assertThat(format("[%pe] [%-8pe] [%8pe]", enomem, ERR_PTR(-5), ERR_PTR(-5)))
        .isEqualTo("[-ENOMEM] [-EIO    ] [    -EIO]");
    assertThat(format("%pe %pe", ERR_PTR(-1234), null)).isEqualTo("-1234 0000000000000000");
    assertThat(format("%p %px", enomem, enomem)).isEqualTo("fffffffffffffff4 fffffffffffffff4");
    assertThat(format("%s %*ph %pM", enomem, 4, enomem, enomem))
        .isEqualTo("(efault) (efault) (efault)");
    assertThat(format("%pe", new Object())).matches("00000000[0-9a-f]{8}");
  }

  @Test
  void format_unknownExtensionsOfPointers_areSwallowedAndTheAddressHashed() {
    Object object = new Object();
    String hashed = format("%p", object);
    assertThat(format("%pQ42|%pK|%pV %d", object, object, object, 7))
        .isEqualTo(hashed + "|" + hashed + "|" + hashed + " 7");
    assertThat(format("%20p|%-20p|", object, object))
        .isEqualTo(String.format("%20s|%-20s|", hashed.substring(8), hashed.substring(8)));
    assertThat(out.problems()).isZero();
  }

  @Test
  void format_ofNothing_isNothing() {
    assertThat(format("%*ph|%ph", 0, new byte[] {1}, new byte[] {1, 2})).isEqualTo("|01");
    assertThat(format("%8pM|%-8pI4|", null, null)).isEqualTo("  (null)|(null)  |");
    assertThat(format("%pS %ps", null, 0)).isEqualTo("0x0 0x0");
  }

  @Test
  void format_noRoom_isCutAtACharacter() {
    out.clear(5);
    FormatString.compile("ab%s%d").format(out, SYMBOLS, "c€x", 9);
    assertThat(out.toString()).isEqualTo("abc");
    out.clear(6);
    FormatString.compile("ab%s%d").format(out, SYMBOLS, "c€x", 9);
    assertThat(out.toString()).isEqualTo("abc€");
    out.clear(3);
    FormatString.compile("%10d").format(out, SYMBOLS, 1);
    assertThat(out.toString()).isEqualTo("   ");
  }
}
