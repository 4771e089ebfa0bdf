package jiffy.runtime.module.weave;

import java.util.function.Function;
import org.objectweb.asm.Opcodes;

/** Which fields others may see change: all but final ones and the compiler's own. */
final class SharedFields {
  private static final int LEFT_OUT = Opcodes.ACC_FINAL | Opcodes.ACC_SYNTHETIC;

  private final Function<String, ClassFields> classes;

  /**
   * @param classes the class of an internal name, or null
   */
  SharedFields(Function<String, ClassFields> classes) {
    this.classes = classes;
  }

  /**
   * What reports call a field: {@code Kt.count}, by the class that declares it.
   *
   * @param owner internal name, as the instruction has it
   * @return null if it is no choice point
   */
  String label(String owner, String name, String descriptor) {
    ClassFields declaring = declaring(owner, name + descriptor);
    if (declaring == null) { // nobody knows: it is not left out
      return simpleName(owner) + "." + name;
    }
    boolean isShared = (declaring.access().get(name + descriptor) & LEFT_OUT) == 0;
    return isShared ? simpleName(declaring.name()) + "." + name : null;
  }

  private ClassFields declaring(String type, String field) {
    ClassFields fields = classes.apply(type);
    if (fields == null || fields.access().containsKey(field)) {
      return fields;
    }
    for (String each : fields.above()) {
      ClassFields found = declaring(each, field);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /** {@code samples/kt/Kt$GlobalData} is {@code Kt.GlobalData}. */
  static String simpleName(String internalName) {
    return internalName.substring(internalName.lastIndexOf('/') + 1).replace('$', '.');
  }
}
