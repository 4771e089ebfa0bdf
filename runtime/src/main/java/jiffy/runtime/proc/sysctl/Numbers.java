package jiffy.runtime.proc.sysctl;

import static jiffy.linux.Errno.EINVAL;

import java.util.Arrays;
import java.util.OptionalLong;
import java.util.StringJoiner;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import jiffy.runtime.context.Context;

/**
 * {@code proc_dointvec_minmax}: a number or several, tabs between them.
 *
 * <p>Numbers are decimal, octal after {@code 0}, or hexadecimal after {@code 0x}. Fewer numbers
 * than there are set the first ones, what comes after the last one is ignored. Unlike Linux, where
 * the numbers before a bad one are set, a bad one changes nothing.
 */
public final class Numbers implements Setting {
  private static final int DECIMAL = 10;
  private static final int OCTAL = 8;
  private static final int HEXADECIMAL = 16;

  /** Linux's TMPBUFLEN, less the NUL: a number of so many characters is refused. */
  private static final int TOO_LONG = 21;

  private final int least;
  private final int most;
  private final Supplier<int[]> get;
  private final Consumer<int[]> set;

  /**
   * Several.
   *
   * @param set gets as many as {@code get} gives
   */
  public Numbers(int least, int most, Supplier<int[]> get, Consumer<int[]> set) {
    this.least = least;
    this.most = most;
    this.get = get;
    this.set = set;
  }

  /** One. */
  public static Numbers one(int least, int most, IntSupplier get, IntConsumer set) {
    return new Numbers(
        least, most, () -> new int[] {get.getAsInt()}, numbers -> set.accept(numbers[0]));
  }

  @Override
  public String show() {
    StringJoiner text = new StringJoiner("\t");
    Arrays.stream(get.get()).forEach(number -> text.add(Integer.toString(number)));
    return text.toString();
  }

  /**
   * @return 0; -EINVAL: no number at all, something that is none, or one out of range
   */
  @Override
  public int store(Context caller, String text) {
    int[] numbers = get.get();
    String[] words = text.strip().split("[ \t\n]+");
    for (int i = 0; i < Math.min(words.length, numbers.length); i++) {
      OptionalLong number = parse(words[i]);
      if (number.isEmpty() || number.getAsLong() < least || number.getAsLong() > most) {
        return -EINVAL;
      }
      numbers[i] = (int) number.getAsLong();
    }
    set.accept(numbers);
    return 0;
  }

  /** {@code proc_get_long} of a word. */
  private static OptionalLong parse(String word) {
    boolean isNegative = word.startsWith("-");
    String digits = isNegative ? word.substring(1) : word;
    if (word.length() >= TOO_LONG || digits.isEmpty() || !isDigit(digits.charAt(0))) {
      return OptionalLong.empty();
    }
    boolean isHex = digits.startsWith("0x") || digits.startsWith("0X");
    int radix = isHex ? HEXADECIMAL : digits.startsWith("0") ? OCTAL : DECIMAL;
    String plain = isHex ? digits.substring(2) : digits;
    if (plain.isEmpty() || plain.startsWith("-") || plain.startsWith("+")) {
      return OptionalLong.empty();
    }
    try {
      long magnitude = Long.parseLong(plain, radix);
      return OptionalLong.of(isNegative ? -magnitude : magnitude);
    } catch (NumberFormatException none) {
      return OptionalLong.empty();
    }
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
