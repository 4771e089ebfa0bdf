package jiffy.runtime.module.param;

/**
 * A parameter as the class file declares it.
 *
 * @param name on the command line
 * @param type how texts are read
 * @param isArray whether the field is an array of it
 * @param className binary name of the class that has the field
 * @param fieldName the static field
 * @param description for modinfo, may be empty
 * @param perm mode of its file in /sys/module/M/parameters; 0: none
 */
public record ParamSpec(
    String name,
    ParamType type,
    boolean isArray,
    String className,
    String fieldName,
    String description,
    int perm) {

  /**
   * A declaration whose type is still a word.
   *
   * @param word as {@code @ModuleParam} says, empty for the Java type's own
   * @param descriptor of the field
   * @throws IllegalArgumentException if no such type is, or the field cannot hold it; a sentence
   */
  public static ParamSpec declare(
      String name,
      String word,
      String descriptor,
      String className,
      String fieldName,
      String description,
      int perm) {
    boolean array = descriptor.startsWith("[");
    String element = array ? descriptor.substring(1) : descriptor;
    ParamType type = word.isEmpty() ? ParamType.ofDescriptor(element) : ParamType.ofWord(word);
    String field = className + "." + fieldName;
    if (type == null) {
      throw new IllegalArgumentException(
          word.isEmpty()
              ? "parameter " + field + " has a Java type that no parameter has"
              : "parameter " + field + " has the unknown type '" + word + "'");
    }
    if (!type.fits(element)) {
      throw new IllegalArgumentException(
          "parameter " + field + ": its Java type cannot hold a value of type " + type.word());
    }
    return new ParamSpec(name, type, array, className, fieldName, description, perm);
  }

  /** Its type as modinfo prints it: {@code int}, {@code array of int}. */
  public String typeName() {
    return isArray ? "array of " + type.word() : type.word();
  }
}
