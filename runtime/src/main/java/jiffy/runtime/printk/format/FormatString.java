package jiffy.runtime.printk.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jiffy.types.ErrPtr;

/**
 * A printf format of the kernel, compiled once into literal bytes and conversions. Immutable.
 *
 * <p>Conversions: {@code d i u x X o c s p %} with the flags {@code - + # 0} and blank, width and
 * precision (also {@code *}), and the sizes {@code hh h l ll L q z t j}. An integer is cut to its
 * size in C: {@code %d} prints 32 bits, {@code %hhu} of 300 prints 44. For {@code %p} see {@link
 * PointerFormat}. Differences from C are those of Linux's vsprintf, and these, since an argument
 * here knows its type:
 *
 * <ul>
 *   <li>{@code %s} takes anything: characters and numbers, byte[] (as they are), else toString;
 *       null is {@code (null)}, an {@code ERR_PTR} {@code (efault)}. Width and precision count
 *       bytes.
 *   <li>{@code %d} and the like take any Number, Character or Boolean; null is 0.
 *   <li>{@code %c} takes a Unicode code point.
 *   <li>Too few arguments: {@code (missing)}. Too many: ignored. A bad conversion, {@code %n} being
 *       one: it and the rest of the format are printed as they are (Linux drops them, and the
 *       newline with them). {@link FormatBuffer#problems()} tells the caller.
 * </ul>
 *
 * <p>Formatting never throws, and allocates nothing unless a toString does.
 */
public final class FormatString {
  private static final byte[] NO_BYTES = {};

  /** So many arguments are passed one by one, and a shape below 4 says that none is an object. */
  private static final int MAX_LONGS = 3;

  private final byte[][] literals; // one more than there are specs
  private final FormatSpec[] specs;
  private final boolean bad;

  /** See {@link #isPlain()}. */
  private final boolean isPlain;

  private final int literalBytes; // of all literals

  private FormatString(List<byte[]> literals, List<FormatSpec> specs, boolean bad) {
    this.literals = literals.toArray(new byte[0][]);
    this.specs = specs.toArray(new FormatSpec[0]);
    this.bad = bad;
    this.isPlain =
        !bad && specs.size() <= MAX_LONGS && specs.stream().allMatch(spec -> spec.isPlainDecimal);
    this.literalBytes = literals.stream().mapToInt(literal -> literal.length).sum();
  }

  /** Compiles a format; never fails, see above for bad ones. */
  public static FormatString compile(String source) {
    List<byte[]> literals = new ArrayList<>();
    List<FormatSpec> specs = new ArrayList<>();
    StringBuilder literal = new StringBuilder();
    int pos = 0;
    while (pos < source.length()) {
      char c = source.charAt(pos++);
      if (c != '%') {
        literal.append(c);
        continue;
      }
      FormatSpec.Parser parser = new FormatSpec.Parser(source, pos);
      FormatSpec spec = parser.parse();
      if (spec == null) {
        literal.append(source, pos - 1, source.length());
        literals.add(utf8(literal));
        return new FormatString(literals, specs, true);
      }
      pos = parser.pos;
      if (spec.kind == '%') {
        literal.append('%');
      } else {
        literals.add(utf8(literal));
        specs.add(spec);
        literal.setLength(0);
      }
    }
    literals.add(utf8(literal));
    return new FormatString(literals, specs, false);
  }

  private static byte[] utf8(StringBuilder text) {
    if (text.length() == 0) {
      return NO_BYTES;
    }
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** Formats up to three arguments; {@code shape} as in {@link Log#vprintk}. */
  public void format(
      FormatBuffer out,
      Symbolizer symbols,
      int shape,
      long a,
      long b,
      long c,
      Object x,
      Object y,
      Object z) {
    if (isPlain && fits(shape)) {
      formatPlain(out, a, b, c);
      return;
    }
    out.arguments.set(shape, a, b, c, x, y, z);
    run(out, symbols);
  }

  /**
   * Whether all conversions are {@code %d}, {@code %lu} and the like, three at most: the most
   * frequent kind of line, which needs no detour through memory, and whose length is known before
   * it is formatted.
   */
  public boolean isPlain() {
    return isPlain;
  }

  /** Whether a plain format finds a number for each conversion in arguments of this shape. */
  public boolean fits(int shape) {
    return specs.length <= shape && shape <= MAX_LONGS;
  }

  /** How many arguments it takes. */
  public int arguments() {
    return specs.length;
  }

  /** What stands before the first conversion. */
  public byte[] start() {
    return literals[0].clone();
  }

  /** Whether its texts end with a newline, whatever the arguments. */
  public boolean endsWithNewline() {
    byte[] last = literals[specs.length];
    return last.length > 0 && last[last.length - 1] == '\n';
  }

  /** Length in bytes of what {@link #formatPlain} appends if there is room. */
  public int plainLength(long a, long b, long c) {
    int length = literalBytes;
    for (int i = 0; i < specs.length; i++) {
      length += specs[i].decimalLength(i == 0 ? a : i == 1 ? b : c);
    }
    return length;
  }

  /** Formats a plain format's numbers; those that it has no conversion for are ignored. */
  public void formatPlain(FormatBuffer out, long a, long b, long c) {
    for (int i = 0; i < specs.length; i++) {
      byte[] literal = literals[i];
      out.put(literal, 0, literal.length);
      specs[i].putDecimal(out, i == 0 ? a : i == 1 ? b : c);
    }
    byte[] last = literals[specs.length];
    out.put(last, 0, last.length);
  }

  /** Formats any number of arguments; null is none. */
  public void format(FormatBuffer out, Symbolizer symbols, Object... args) {
    out.arguments.set(args);
    run(out, symbols);
  }

  private void run(FormatBuffer out, Symbolizer symbols) {
    FormatArguments args = out.arguments;
    for (int i = 0; i < specs.length; i++) {
      byte[] literal = literals[i];
      out.put(literal, 0, literal.length);
      FormatSpec spec = specs[i];
      if (spec.isPlainDecimal && args.hasNext() && args.nextIsLong()) {
        spec.putDecimal(out, args.nextLong());
      } else {
        convert(out, spec, args, symbols);
      }
    }
    byte[] last = literals[specs.length];
    out.put(last, 0, last.length);
    if (bad) {
      out.problem(FormatBuffer.BAD_CONVERSION);
    }
    args.clear();
  }

  private static void convert(
      FormatBuffer out, FormatSpec spec, FormatArguments args, Symbolizer symbols) {
    int flags = spec.flags;
    int width = spec.width;
    if (width == FormatSpec.STAR) {
      width = star(out, args);
      if (width < 0) {
        flags |= FormatSpec.LEFT;
        width = width == Integer.MIN_VALUE ? Integer.MAX_VALUE : -width;
      }
    }
    int precision = spec.precision;
    if (precision == FormatSpec.STAR) {
      precision = Math.max(0, star(out, args));
    }
    if (!args.hasNext()) {
      out.problem(FormatBuffer.MISSING_ARGUMENT);
      out.put("(missing)");
    } else if (spec.kind == 'p') {
      PointerFormat.convert(out, symbols, spec.extension, flags, width, args);
    } else if (spec.kind == 's') {
      string(out, args, flags, width, precision);
    } else if (spec.kind == 'c') {
      character(out, args, flags, width);
    } else {
      integer(out, spec, args, flags, width, precision);
    }
  }

  private static int star(FormatBuffer out, FormatArguments args) {
    if (!args.hasNext()) {
      out.problem(FormatBuffer.MISSING_ARGUMENT);
      return 0;
    }
    if (args.nextIsLong()) {
      return (int) args.nextLong();
    }
    Object argument = args.nextObject();
    if (!isInteger(argument)) {
      out.problem(FormatBuffer.BAD_ARGUMENT);
      return 0;
    }
    return (int) toLong(argument);
  }

  private static void integer(
      FormatBuffer out, FormatSpec spec, FormatArguments args, int flags, int width, int prec) {
    long value;
    if (args.nextIsLong()) {
      value = args.nextLong();
    } else {
      Object argument = args.nextObject();
      if (!isInteger(argument)) {
        out.problem(FormatBuffer.BAD_ARGUMENT);
        text(out, "(einval)", flags, width);
        return;
      }
      value = toLong(argument);
    }
    boolean signed = spec.kind == 'd';
    value = spec.truncate(value);
    int sign = 0;
    if (signed && value < 0) {
      sign = '-';
      value = -value;
    } else if (signed) {
      sign = (flags & FormatSpec.PLUS) != 0 ? '+' : (flags & FormatSpec.SPACE) != 0 ? ' ' : 0;
    }
    out.putNumber(value, sign, spec.base(), width, prec, flags);
  }

  private static void character(FormatBuffer out, FormatArguments args, int flags, int width) {
    long value;
    if (args.nextIsLong()) {
      value = args.nextLong();
    } else {
      Object argument = args.nextObject();
      boolean one = argument instanceof String s && s.length() == 1;
      if (!one && !isInteger(argument)) {
        out.problem(FormatBuffer.BAD_ARGUMENT);
        text(out, "(einval)", flags, width);
        return;
      }
      value = one ? ((String) argument).charAt(0) : toLong(argument);
    }
    boolean left = (flags & FormatSpec.LEFT) != 0;
    if (!left) {
      out.fill(' ', width - 1);
    }
    out.putCodePoint(value >= 0 && value <= Character.MAX_CODE_POINT ? (int) value : '?');
    if (left) {
      out.fill(' ', width - 1);
    }
  }

  private static void string(
      FormatBuffer out, FormatArguments args, int flags, int width, int precision) {
    int max = precision == FormatSpec.UNSET ? Integer.MAX_VALUE : precision;
    if (args.nextIsLong()) {
      long value = args.nextLong();
      int sign = value < 0 ? '-' : 0;
      out.putNumber(Math.abs(value), sign, 10, width, 0, flags & FormatSpec.LEFT);
      return;
    }
    Object argument = args.nextObject();
    if (argument instanceof ErrPtr) {
      text(out, "(efault)", flags, width, max);
      return;
    }
    if (argument instanceof byte[] bytes) {
      int length = Math.min(bytes.length, max);
      boolean left = (flags & FormatSpec.LEFT) != 0;
      out.fill(' ', left ? 0 : width - length);
      out.put(bytes, 0, length);
      out.fill(' ', left ? width - length : 0);
      return;
    }
    String shown;
    try {
      shown = argument instanceof String s ? s : argument == null ? null : argument.toString();
    } catch (Throwable thrown) { // whatever a module's toString does, printk goes on
      out.problem(FormatBuffer.ARGUMENT_THREW);
      shown = "(" + thrown.getClass().getSimpleName() + " in toString)";
    }
    text(out, shown == null ? "(null)" : shown, flags, width, max);
  }

  static void text(FormatBuffer out, CharSequence text, int flags, int width) {
    text(out, text, flags, width, Integer.MAX_VALUE);
  }

  static void text(FormatBuffer out, CharSequence text, int flags, int width, int max) {
    if (width <= 0) {
      out.put(text, max);
      return;
    }
    int padding = width - Math.min(max, FormatBuffer.utf8Length(text));
    boolean left = (flags & FormatSpec.LEFT) != 0;
    out.fill(' ', left ? 0 : padding);
    out.put(text, max);
    out.fill(' ', left ? padding : 0);
  }

  static boolean isInteger(Object argument) {
    return argument == null
        || argument instanceof Number
        || argument instanceof Character
        || argument instanceof Boolean;
  }

  static long toLong(Object argument) {
    if (argument instanceof Number n) {
      try {
        return n.longValue();
      } catch (Throwable thrown) { // a module's own number
        return 0;
      }
    }
    if (argument instanceof Character c) {
      return c;
    }
    return argument instanceof Boolean b && b ? 1 : 0;
  }
}
