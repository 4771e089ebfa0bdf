package jiffy.runtime.module.param;

import static jiffy.linux.Moduleparam.KERNEL_PARAM_OPS_FL_NOARG;

import java.util.Arrays;
import java.util.Locale;
import jiffy.linux.Moduleparam;
import jiffy.types.KernelParamOps;

/**
 * The types of {@code module_param}: the functions that set and get each, and the Java types that
 * hold it. A number lives in a Java integer that is at least as wide; an unsigned one keeps its
 * bits.
 */
public enum ParamType {
  /** {@code unsigned char}: 0 to 255. */
  BYTE(8, Moduleparam::param_set_byte, Moduleparam::param_get_byte),
  /** {@code short}. */
  SHORT(16, Moduleparam::param_set_short, Moduleparam::param_get_short),
  /** {@code unsigned short}. */
  USHORT(16, Moduleparam::param_set_ushort, Moduleparam::param_get_ushort),
  /** {@code int}. */
  INT(32, Moduleparam::param_set_int, Moduleparam::param_get_int),
  /** {@code unsigned int}. */
  UINT(32, Moduleparam::param_set_uint, Moduleparam::param_get_uint),
  /** {@code long}, 64 bits. */
  LONG(64, Moduleparam::param_set_long, Moduleparam::param_get_long),
  /** {@code unsigned long}, 64 bits. */
  ULONG(64, Moduleparam::param_set_ulong, Moduleparam::param_get_ulong),
  /** {@code unsigned long long}. */
  ULLONG(64, Moduleparam::param_set_ullong, Moduleparam::param_get_ullong),
  /** {@code unsigned int}, read back as {@code 0x0000ff}. */
  HEXINT(32, Moduleparam::param_set_hexint, Moduleparam::param_get_hexint),
  /** {@code bool}; the bare name means true. */
  BOOL(1, Moduleparam::param_set_bool, Moduleparam::param_get_bool),
  /** {@code bool} the other way round. */
  INVBOOL(1, Moduleparam::param_set_invbool, Moduleparam::param_get_invbool),
  /** {@code bool} that cannot be unset. */
  BOOL_ENABLE_ONLY(1, Moduleparam::param_set_bool_enable_only, Moduleparam::param_get_bool),
  /** {@code int} that is set like a bool. */
  BINT(32, Moduleparam::param_set_bint, Moduleparam::param_get_int),
  /** {@code char *}: any text. */
  CHARP(0, Moduleparam::param_set_charp, Moduleparam::param_get_charp),
  /** {@code char []}: any text that fits. */
  STRING(0, Moduleparam::param_set_copystring, Moduleparam::param_get_string);

  private static final String STRING_DESCRIPTOR = "Ljava/lang/String;";

  private final int bits;
  private final KernelParamOps.Set set;
  private final KernelParamOps.Get get;

  ParamType(int bits, KernelParamOps.Set set, KernelParamOps.Get get) {
    this.bits = bits;
    this.set = set;
    this.get = get;
  }

  /** Its name as modinfo prints it: {@code ushort}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** {@code param_ops_int} and so on. */
  KernelParamOps ops() {
    KernelParamOps ops = new KernelParamOps();
    ops.set = set;
    ops.get = get;
    boolean isBareEnough = this == BOOL || this == BOOL_ENABLE_ONLY || this == BINT;
    ops.flags = isBareEnough ? KERNEL_PARAM_OPS_FL_NOARG : 0;
    return ops;
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
      case STRING_DESCRIPTOR:
        return CHARP;
      default:
        return null;
    }
  }

  /** Whether a field of that descriptor can hold it; of an array, an element. */
  boolean fits(String descriptor) {
    ParamType field = ofDescriptor(descriptor);
    if (field == null) {
      return false;
    }
    if (this == CHARP || this == STRING) {
      return field == CHARP;
    }
    return field != CHARP && (bits == 1) == (field == BOOL) && bits <= field.bits;
  }

  /** Those that a user may choose from, for messages. */
  static String words() {
    StringBuilder words = new StringBuilder();
    for (ParamType type : values()) {
      words.append(type == BYTE ? "" : ", ").append(type.word());
    }
    return words.toString();
  }
}
