package jiffy.runtime.module.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * One class file: its place in the hierarchy, its members, its Jiffy annotations. Names are
 * internal ones, {@code samples/kt/Kt}.
 */
final class ClassFacts extends ClassVisitor {
  private static final String MODULE_INFO = "Ljiffy/linux/ModuleInfo;";
  private static final String MODULE_PARAM = "Ljiffy/linux/ModuleParam;";

  /** A static or other field with {@code @ModuleParam}. */
  record ParamField(int access, String name, String descriptor, Map<String, Object> values) {}

  /** Its values, lists for arrays; those that were given. */
  private static final class Values extends AnnotationVisitor {
    private final Map<String, Object> values;

    Values(Map<String, Object> values) {
      super(Opcodes.ASM9);
      this.values = values;
    }

    @Override
    public void visit(String name, Object value) {
      values.put(name, value);
    }

    @Override
    public AnnotationVisitor visitArray(String name) {
      List<Object> list = new ArrayList<>();
      values.put(name, list);
      return new AnnotationVisitor(Opcodes.ASM9) {
        @Override
        public void visit(String none, Object value) {
          list.add(value);
        }
      };
    }
  }

  private final Set<String> members = new HashSet<>();
  private final List<ParamField> params = new ArrayList<>();
  private String name;
  private int access;
  private String superName;
  private List<String> interfaces;
  private Map<String, Object> moduleInfo;

  private ClassFacts() {
    super(Opcodes.ASM9);
  }

  /**
   * @throws RuntimeException of any kind, if it is no class file
   */
  static ClassFacts of(ClassReader reader) {
    ClassFacts facts = new ClassFacts();
    reader.accept(facts, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return facts;
  }

  @Override
  public void visit(
      int version, int access, String name, String signature, String superName, String[] ifs) {
    this.name = name;
    this.access = access;
    this.superName = superName;
    this.interfaces = ifs == null ? List.of() : List.of(ifs);
  }

  @Override
  public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
    if (!descriptor.equals(MODULE_INFO)) {
      return null;
    }
    moduleInfo = new HashMap<>();
    return new Values(moduleInfo);
  }

  @Override
  public FieldVisitor visitField(
      int access, String name, String descriptor, String signature, Object value) {
    members.add(name + descriptor);
    return new FieldVisitor(Opcodes.ASM9) {
      @Override
      public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
        if (!annotation.equals(MODULE_PARAM)) {
          return null;
        }
        Map<String, Object> values = new HashMap<>();
        params.add(new ParamField(access, name, descriptor, values));
        return new Values(values);
      }
    };
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    members.add(name + descriptor);
    return null;
  }

  String name() {
    return name;
  }

  String className() {
    return name.replace('/', '.');
  }

  String superName() {
    return superName;
  }

  List<String> interfaces() {
    return interfaces;
  }

  boolean isAbstract() {
    return (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_INTERFACE)) != 0;
  }

  boolean isInterface() {
    return (access & Opcodes.ACC_INTERFACE) != 0;
  }

  /** Whether this class itself declares a field or method. */
  boolean declares(String member, String descriptor) {
    return members.contains(member + descriptor);
  }

  /** What {@code @ModuleInfo} gives, or null without one. */
  Map<String, Object> moduleInfo() {
    return moduleInfo;
  }

  List<ParamField> params() {
    return params;
  }
}
