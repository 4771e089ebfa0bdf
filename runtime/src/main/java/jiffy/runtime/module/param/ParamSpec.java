package jiffy.runtime.module.param;

import java.util.Locale;
import java.util.Map;

/**
 * A parameter as the class file declares it.
 *
 * @param name on the command line
 * @param type how texts are read; null for one of which only its callbacks know
 * @param isArray whether the field is an array of it
 * @param className binary name of the class that has the field
 * @param fieldName the static field
 * @param description for modinfo, may be empty
 * @param perm mode of its file in /sys/module/M/parameters; 0: none
 * @param len bytes of a string buffer with the NUL; 0: as long as the field's array
 * @param count the static int that counts an array's elements; empty: none
 * @param ops the static field with the callbacks; empty: the type's
 */
public record ParamSpec(
    String name,
    ParamType type,
    boolean isArray,
    String className,
    String fieldName,
    String description,
    int perm,
    int len,
    String count,
    String ops) {

  /** Descriptor of a field with callbacks. */
  public static final String OPS_DESCRIPTOR = "Ljiffy/types/KernelParamOps;";

  private static final String BUFFER_DESCRIPTOR = "[B";

  private static final int DEFAULT_PERM = 0444;
  private static final int GREATEST_PERM = 0777;

  /**
   * A declaration as it stands in a class file.
   *
   * @param values what {@code @ModuleParam} says, by name; those that were given
   * @param descriptor of the field
   * @throws IllegalArgumentException if it cannot be; the message is a sentence that says why
   */
  public static ParamSpec declare(
      Map<String, Object> values, String descriptor, String className, String fieldName) {
    String field = className + "." + fieldName;
    int len = (Integer) values.getOrDefault("len", 0);
    int perm = (Integer) values.getOrDefault("perm", DEFAULT_PERM);
    String word = (String) values.getOrDefault("type", len != 0 ? "string" : "");
    String name = (String) values.getOrDefault("name", "");
    String count = (String) values.getOrDefault("count", "");
    String ops = (String) values.getOrDefault("ops", "");
    checkPerm(field, perm);
    ParamType type = null;
    boolean isArray = false;
    if (descriptor.equals(OPS_DESCRIPTOR)) {
      refuse(!ops.isEmpty(), field, "is its own ops: leave out ops = \"" + ops + "\"");
      refuse(!word.isEmpty(), field, "has only callbacks, and so no type: leave out type");
      ops = fieldName;
    } else {
      isArray = descriptor.startsWith("[") && !isBuffer(word, descriptor);
      boolean isOpaque = !ops.isEmpty() && word.isEmpty();
      type = type(field, word, descriptor, isArray, isOpaque);
    }
    checkBuffer(field, type, isArray, isBuffer(word, descriptor), len);
    refuse(
        !count.isEmpty() && !isArray, field, "is no array: count = \"" + count + "\" has no sense");
    return new ParamSpec(
        name.isEmpty() ? fieldName : name,
        type,
        isArray,
        className,
        fieldName,
        (String) values.getOrDefault("value", ""),
        perm,
        len,
        count,
        ops);
  }

  private static boolean isBuffer(String word, String descriptor) {
    return word.equals("string") && descriptor.equals(BUFFER_DESCRIPTOR);
  }

  private static void refuse(boolean isWrong, String field, String why) {
    if (isWrong) {
      throw new IllegalArgumentException("parameter " + field + " " + why);
    }
  }

  /**
   * @param isOpaque whether it may have a Java type of its own, for callbacks that know it
   */
  private static ParamType type(
      String field, String word, String descriptor, boolean isArray, boolean isOpaque) {
    String element = isArray ? descriptor.substring(1) : descriptor;
    ParamType type = word.isEmpty() ? ParamType.ofDescriptor(element) : ParamType.ofWord(word);
    if (type == null && isOpaque) {
      return null;
    }
    if (word.isEmpty()) {
      refuse(type == null, field, "has a Java type that no parameter has");
    }
    refuse(
        type == null, field, "has the unknown type '" + word + "': there are " + ParamType.words());
    if (!isBuffer(word, descriptor)) {
      refuse(!type.fits(element), field, "cannot hold a value of type " + type.word());
    }
    return type;
  }

  private static void checkBuffer(
      String field, ParamType type, boolean isArray, boolean isBuffer, int len) {
    if (type == ParamType.STRING) {
      refuse(isArray, field, "is an array of string buffers: say type = \"charp\"");
      refuse(isBuffer && len != 0, field, "is as long as its byte[]: leave out len");
      refuse(!isBuffer && len == 0, field, "needs its length: len = 80, say");
      refuse(len < 0, field, "has the length " + len);
    } else {
      refuse(len != 0, field, "has a len, which only those of type string have");
    }
  }

  /** {@code VERIFY_OCTAL_PERMISSIONS}, which fails the compilation on Linux. */
  private static void checkPerm(String field, int perm) {
    String shown = String.format(Locale.ROOT, "perm %04o", perm);
    refuse(
        perm < 0 || perm > GREATEST_PERM,
        field,
        "has " + shown + ", which is no mode: an octal number begins with 0, as 0644 does");
    int owner = perm >> 6;
    int group = perm >> 3 & 7;
    int others = perm & 7;
    refuse((others & 2) != 0, field, "has " + shown + ": others must not write; 0644?");
    refuse(
        (group & 2) > (owner & 2) || (group & 4) > (owner & 4) || (others & 4) > (group & 4),
        field,
        "has " + shown + ": group may do more than owner, or others than group");
  }

  /** Whether it has no variable: its field is the callbacks. */
  boolean isBare() {
    return ops.equals(fieldName);
  }

  /** Its type as modinfo prints it: {@code int}, {@code array of int}; empty if it has none. */
  public String typeName() {
    return type == null ? "" : isArray ? "array of " + type.word() : type.word();
  }
}
