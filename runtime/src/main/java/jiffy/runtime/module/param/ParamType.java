package jiffy.runtime.module.param;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENOSPC;
import static jiffy.linux.Errno.ERANGE;
import static jiffy.linux.Errno.EROFS;

import java.util.Arrays;
import java.util.Locale;
import jiffy.linux.Kstrtox;

/**
 * The types of {@code module_param}: what texts each takes, and how it reads back.
 *
 * <p>A number lives in a Java integer that is at least as wide; an unsigned one keeps its bits.
 */
public enum ParamType {
  /** {@code unsigned char}: 0 to 255. */
  BYTE(8, false),
  /** {@code short}. */
  SHORT(16, true),
  /** {@code unsigned short}. */
  USHORT(16, false),
  /** {@code int}. */
  INT(32, true),
  /** {@code unsigned int}. */
  UINT(32, false),
  /** {@code long}, 64 bits. */
  LONG(64, true),
  /** {@code unsigned long}, 64 bits. */
  ULONG(64, false),
  /** {@code unsigned long long}. */
  ULLONG(64, false),
  /** {@code unsigned int}, read back as {@code 0x0000ff}. */
  HEXINT(32, false),
  /** {@code bool}; the bare name means true. */
  BOOL(1, false),
  /** {@code bool} the other way round. */
  INVBOOL(1, false),
  /** {@code bool} that cannot be unset. */
  BOOL_ENABLE_ONLY(1, false),
  /** {@code char *}: any text up to {@value #LONGEST_CHARP} characters. */
  CHARP(0, false);

  /** {@code param_set_charp}'s limit. */
  static final int LONGEST_CHARP = 1024;

  private final int bits;
  private final boolean signed;

  ParamType(int bits, boolean signed) {
    this.bits = bits;
    this.signed = signed;
  }

  /** Its name as modinfo prints it: {@code ushort}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The type of that name, or null. */
  static ParamType ofWord(String word) {
    return Arrays.stream(values()).filter(t -> t.word().equals(word)).findFirst().orElse(null);
  }

  /** The type of a field of a Java type that says none, by descriptor; or null. */
  static ParamType ofDescriptor(String descriptor) {
    switch (descriptor) {
      case "B":
        return BYTE;
      case "S":
        return SHORT;
      case "I":
        return INT;
      case "J":
        return LONG;
      case "Z":
        return BOOL;
      case "Ljava/lang/String;":
        return CHARP;
      default:
        return null;
    }
  }

  /** Whether a field of that descriptor can hold it. */
  boolean fits(String descriptor) {
    ParamType field = ofDescriptor(descriptor);
    if (field == null) {
      return false;
    }
    boolean sameKind = isBool() == field.isBool() && (this == CHARP) == (field == CHARP);
    return sameKind && bits <= field.bits;
  }

  private boolean isBool() {
    return bits == 1;
  }

  /** Whether the bare name is enough: {@code KERNEL_PARAM_OPS_FL_NOARG}. */
  boolean takesNoValue() {
    return this == BOOL || this == BOOL_ENABLE_ONLY;
  }

  /**
   * The value that a text means.
   *
   * @param name of the parameter, for messages
   * @param text null for the bare name
   * @param now the present value
   * @return a {@code Long}, {@code Boolean} or {@code String}
   */
  Object parse(String name, String text, Object now) throws ParamException {
    if (text == null && !takesNoValue()) {
      throw new ParamException(EINVAL);
    }
    switch (this) {
      case BOOL:
        return text == null || truth(text);
      case INVBOOL:
        return !truth(text);
      case BOOL_ENABLE_ONLY:
        boolean on = text == null || truth(text);
        if (!on && Boolean.TRUE.equals(now)) {
          throw new ParamException(EROFS);
        }
        return on;
      case CHARP:
        if (text.length() > LONGEST_CHARP) {
          throw new ParamException(ENOSPC, name + ": string parameter too long");
        }
        return text;
      default:
        return number(text);
    }
  }

  private static boolean truth(String text) throws ParamException {
    boolean[] value = new boolean[1];
    check(Kstrtox.kstrtobool(text, value));
    return value[0];
  }

  private long number(String text) throws ParamException {
    long[] value = new long[1];
    check(signed ? Kstrtox.kstrtoll(text, 0, value) : Kstrtox.kstrtoull(text, 0, value));
    int unused = Long.SIZE - bits;
    long kept = signed ? value[0] << unused >> unused : value[0] << unused >>> unused;
    check(kept == value[0] ? 0 : -ERANGE);
    return kept;
  }

  private static void check(int error) throws ParamException {
    if (error != 0) {
      throw new ParamException(-error);
    }
  }

  /** The text of a value: what {@code /sys/module/M/parameters/P} reads, without the newline. */
  String format(Object value) {
    switch (this) {
      case BOOL:
      case BOOL_ENABLE_ONLY:
        return (Boolean) value ? "Y" : "N";
      case INVBOOL:
        return (Boolean) value ? "N" : "Y";
      case CHARP:
        return value == null ? "(null)" : (String) value;
      default:
        return formatNumber(((Number) value).longValue());
    }
  }

  private String formatNumber(long value) {
    long own = signed || bits == Long.SIZE ? value : value & (1L << bits) - 1;
    if (this == HEXINT) {
      return String.format(Locale.ROOT, "%#08x", own);
    }
    return signed ? Long.toString(own) : Long.toUnsignedString(own);
  }
}
