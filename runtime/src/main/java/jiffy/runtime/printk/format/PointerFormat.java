package jiffy.runtime.printk.format;

import jiffy.types.ErrPtr;

/**
 * The {@code %p} family. A long argument is an address, an object has the one that {@link
 * Symbolizer} gives it.
 *
 * <pre>
 * %p %pK        hashed address, 16 hex digits, the upper 8 zero    00000000915e01b6
 * %px           the address itself
 * %ps %pS %pf %pF %pB   function object, or its name               sp_printk [semprobe]
 * %pe           negative errno, or ERR_PTR                         -ENOMEM
 * %*ph          byte[] in hex, at most width and 64 bytes; C : D - N none between
 * %pM %pMF %pm  byte[6], MAC address; R last first                  41:42:43:44:45:46
 * %pI4 %pi4     byte[4], IPv4 address                              65.66.67.68  065.066.067.068
 * </pre>
 *
 * <p>Null and error codes (-1..-4095) are shown as they are, not hashed. Unknown letters mean %p.
 */
final class PointerFormat {
  private static final int DIGITS = 16;
  private static final int MAX_ERRNO = 4095;
  private static final int MAX_HEX_BYTES = 64;

  private PointerFormat() {}

  static void convert(
      FormatBuffer out,
      Symbolizer symbols,
      String extension,
      int flags,
      int width,
      FormatArguments args) {
    boolean isLong = args.nextIsLong();
    long address = isLong ? args.nextLong() : 0;
    Object object = isLong ? null : args.nextObject();
    if (object instanceof Number n) {
      address = FormatString.toLong(n);
      object = null;
    } else if (object instanceof ErrPtr error) {
      address = error.__error;
      object = null;
    }
    char letter = extension.isEmpty() ? 0 : extension.charAt(0);
    switch (letter) {
      case 's', 'S', 'f', 'F', 'B':
        FormatString.text(out, name(symbols, object, address, out), flags, width);
        break;
      case 'e':
        errno(out, symbols, object, address, flags, width);
        break;
      case 'h', 'M', 'm', 'I', 'i':
        bytes(out, object, address, extension, flags, width);
        break;
      default:
        pointer(out, symbols, object, address, letter == 'x', flags, width);
    }
  }

  private static void pointer(
      FormatBuffer out,
      Symbolizer symbols,
      Object object,
      long value,
      boolean plain,
      int flags,
      int width) {
    long address = object == null ? value : symbols.addressOf(object);
    if (object != null && address == 0) {
      FormatString.text(out, "(____ptrval____)", flags, width);
      return;
    }
    boolean shown = plain || address == 0 || isError(address);
    int fullWidth = width >= 0 ? width : DIGITS;
    int fullFlags = width >= 0 ? flags : flags | FormatSpec.ZERO;
    out.putNumber(shown ? address : hash(address), 0, 16, fullWidth, 0, fullFlags);
  }

  /** A number of 32 bits that does not tell the address and is the same in each run. */
  private static long hash(long address) {
    long h = address * 0x9e3779b97f4a7c15L;
    h = (h ^ h >>> 32) * 0xd6e8feb86659fd93L;
    return h >>> 32;
  }

  private static boolean isError(long address) {
    return address < 0 && address >= -MAX_ERRNO;
  }

  private static String name(Symbolizer symbols, Object object, long address, FormatBuffer out) {
    if (object instanceof String text) {
      return text;
    }
    if (object == null) {
      return address == 0 ? "0x0" : "0x" + Long.toHexString(address);
    }
    try {
      String name = symbols.nameOf(object);
      return name != null ? name : String.valueOf(object.toString());
    } catch (Throwable thrown) { // as for %s
      out.problem(FormatBuffer.ARGUMENT_THREW);
      return "(" + thrown.getClass().getSimpleName() + " in toString)";
    }
  }

  private static void errno(
      FormatBuffer out, Symbolizer symbols, Object object, long value, int flags, int width) {
    if (object != null || !isError(value)) {
      pointer(out, symbols, object, value, false, flags, width);
      return;
    }
    String name = Errnos.nameOf((int) -value);
    if (name == null) {
      out.putNumber(-value, '-', 10, width, 0, flags);
    } else {
      FormatString.text(out, "-" + name, flags, width);
    }
  }

  private static void bytes(
      FormatBuffer out, Object object, long address, String extension, int flags, int width) {
    if (object == null) {
      FormatString.text(out, address == 0 ? "(null)" : "(efault)", flags, width);
      return;
    }
    char letter = extension.charAt(0);
    boolean ip = letter == 'I' || letter == 'i';
    int needed = ip ? 4 : letter == 'h' ? 0 : 6;
    boolean known = !ip || extension.startsWith("4", 1);
    if (!(object instanceof byte[] bytes) || bytes.length < needed || !known) {
      out.problem(FormatBuffer.BAD_ARGUMENT);
      FormatString.text(out, "(einval)", flags, width);
      return;
    }
    if (ip) {
      for (int i = 0; i < 4; i++) {
        out.fill('.', i == 0 ? 0 : 1);
        out.putNumber(bytes[i] & 0xff, 0, 10, 0, letter == 'i' ? 3 : 0, 0);
      }
      return;
    }
    int given = letter != 'h' ? 6 : width == FormatSpec.UNSET ? 1 : width;
    int count = Math.min(Math.min(given, MAX_HEX_BYTES), bytes.length);
    hex(out, bytes, count, separator(extension), letter != 'h' && extension.endsWith("R"));
  }

  /** The character between two bytes in hex; 0 is none. */
  private static int separator(String extension) {
    char second = extension.length() > 1 ? extension.charAt(1) : 0;
    switch (extension.charAt(0)) {
      case 'm':
        return 0;
      case 'M':
        return second == 'F' ? '-' : ':';
      default:
        return second == 'C' ? ':' : second == 'D' ? '-' : second == 'N' ? 0 : ' ';
    }
  }

  private static void hex(
      FormatBuffer out, byte[] bytes, int count, int separator, boolean isReversed) {
    for (int i = 0; i < count; i++) {
      if (i > 0 && separator != 0) {
        out.put(separator);
      }
      int b = bytes[isReversed ? count - 1 - i : i];
      out.putNumber(b & 0xff, 0, 16, 0, 2, 0);
    }
  }
}
