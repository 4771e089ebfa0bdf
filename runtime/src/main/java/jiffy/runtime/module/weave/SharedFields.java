package jiffy.runtime.module.weave;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
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
    Set<String> seen = new HashSet<>(); // a JAR may have circles, and diamonds
    Deque<String> open = new ArrayDeque<>(List.of(type));
    while (!open.isEmpty()) {
      String name = open.pop();
      ClassFields fields = seen.add(name) ? classes.apply(name) : null;
      if (fields == null) {
        continue;
      }
      if (fields.access().containsKey(field)) {
        return fields;
      }
      for (int i = fields.above().size() - 1; i >= 0; i--) { // the first is looked at first
        open.push(fields.above().get(i));
      }
    }
    return null;
  }

  /** {@code samples/kt/Kt$GlobalData} is {@code Kt.GlobalData}. */
  static String simpleName(String internalName) {
    return internalName.substring(internalName.lastIndexOf('/') + 1).replace('$', '.');
  }
}
