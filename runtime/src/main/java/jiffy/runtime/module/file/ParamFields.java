package jiffy.runtime.module.file;

import static jiffy.linux.Errno.ENOEXEC;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import jiffy.runtime.module.param.ParamSpec;
import org.objectweb.asm.Opcodes;

/** The fields of a JAR that are parameters, each checked against the class that it is in. */
final class ParamFields {
  private static final String INT_DESCRIPTOR = "I";

  private final String file;
  private final Map<String, String> owners = new HashMap<>();

  private ParamFields(String file) {
    this.file = file;
  }

  /**
   * @param file what messages call the JAR
   * @param classes its classes
   * @throws BadModuleException if one cannot be a parameter
   */
  static List<ParamSpec> of(String file, Map<String, ClassFacts> classes)
      throws BadModuleException {
    ParamFields fields = new ParamFields(file);
    List<ParamSpec> specs = new ArrayList<>();
    for (ClassFacts type : classes.values()) {
      for (ClassFacts.ParamField field : type.params()) {
        specs.add(fields.spec(type, field));
      }
    }
    return List.copyOf(specs);
  }

  private BadModuleException bad(String sentence) {
    return new BadModuleException(ENOEXEC, file + ": " + sentence);
  }

  private ParamSpec spec(ClassFacts type, ClassFacts.ParamField field) throws BadModuleException {
    String symbol = type.className() + "." + field.name();
    if ((field.access() & Opcodes.ACC_STATIC) == 0) {
      throw bad("parameter " + symbol + " is not static");
    }
    ParamSpec spec;
    try {
      spec = ParamSpec.declare(field.values(), field.descriptor(), type.className(), field.name());
    } catch (IllegalArgumentException e) {
      throw bad(e.getMessage());
    }
    boolean isSet = spec.type() != null && !field.descriptor().startsWith("[");
    if ((field.access() & Opcodes.ACC_FINAL) != 0 && isSet) {
      throw bad("parameter " + symbol + " is final: it could not be set");
    }
    String other = owners.putIfAbsent(spec.name().replace('-', '_'), symbol);
    if (other != null) {
      throw bad("parameters " + other + " and " + symbol + " have the same name, " + spec.name());
    }
    checkField(type, symbol, "count", spec.count(), INT_DESCRIPTOR, false);
    checkField(type, symbol, "ops", spec.ops(), ParamSpec.OPS_DESCRIPTOR, true);
    return spec;
  }

  /** Another field that a parameter names. */
  private void checkField(
      ClassFacts type, String symbol, String what, String name, String descriptor, boolean isConst)
      throws BadModuleException {
    if (name.isEmpty()) {
      return;
    }
    Integer access = type.accessOfField(name, descriptor);
    String wanted = descriptor.equals(INT_DESCRIPTOR) ? "static int" : "static KernelParamOps";
    if (access == null || (access & Opcodes.ACC_STATIC) == 0) {
      throw bad(
          "parameter "
              + symbol
              + " says "
              + what
              + " = \""
              + name
              + "\", but "
              + type.className()
              + " has no "
              + wanted
              + " of that name");
    }
    if ((access & Opcodes.ACC_FINAL) != 0 && !isConst) {
      throw bad("parameter " + symbol + ": its " + what + " " + name + " is final");
    }
  }
}
