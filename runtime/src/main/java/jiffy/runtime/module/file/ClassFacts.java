package jiffy.runtime.module.file;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.AnnotationVisitor;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.signature.SignatureReader;
import org.objectweb.asm.signature.SignatureVisitor;

/**
 * One class file: its place in the hierarchy, its members, its Jiffy annotations. Names are
 * internal ones, {@code samples/kt/Kt}.
 */
final class ClassFacts extends ClassVisitor {
  private static final String MODULE_INFO = "Ljiffy/linux/ModuleInfo;";
  private static final String MODULE_PARAM = "Ljiffy/linux/ModuleParam;";
  private static final String EXPORT_SYMBOL = "Ljiffy/linux/ExportSymbol;";
  private static final String EXTENSION = "Lorg/pf4j/Extension;";
  private static final int SHOWN = Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED;

  /** A static or other field with {@code @ModuleParam}. */
  record ParamField(int access, String name, String descriptor, Map<String, Object> values) {}

  /**
   * A method with {@code @ExportSymbol}.
   *
   * @param types internal names of what its signature mentions
   */
  record ExportedMethod(
      int access, String name, String descriptor, boolean isGpl, Set<String> types) {}

  /** Its values, lists for arrays; those that were given. */
  private static class Values extends AnnotationVisitor {
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
  private final Map<String, Integer> fields = new HashMap<>();
  private final List<ParamField> params = new ArrayList<>();
  private final List<ExportedMethod> exports = new ArrayList<>();
  private final Set<String> shownTypes = new LinkedHashSet<>();
  private String name;
  private int access;
  private String superName;
  private List<String> interfaces;
  private Map<String, Object> moduleInfo;
  private Map<String, Object> extension;

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
    if (superName != null) {
      shownTypes.add(superName);
    }
    shownTypes.addAll(interfaces);
  }

  @Override
  public AnnotationVisitor visitAnnotation(String descriptor, boolean visible) {
    if (descriptor.equals(EXTENSION)) {
      extension = new HashMap<>();
      return new Values(extension);
    }
    if (!descriptor.equals(MODULE_INFO)) {
      return null;
    }
    moduleInfo = new LinkedHashMap<>(); // modinfo shows it in order
    return new Values(moduleInfo);
  }

  @Override
  public FieldVisitor visitField(
      int access, String name, String descriptor, String signature, Object value) {
    members.add(name + descriptor);
    fields.put(name + descriptor, access);
    if ((access & SHOWN) != 0) {
      addTypes(descriptor, signature, shownTypes);
    }
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
    Set<String> types = new LinkedHashSet<>();
    addTypes(descriptor, signature, types);
    types.addAll(exceptions == null ? List.of() : List.of(exceptions));
    if ((access & SHOWN) != 0) {
      shownTypes.addAll(types);
    }
    return new MethodVisitor(Opcodes.ASM9) {
      @Override
      public AnnotationVisitor visitAnnotation(String annotation, boolean visible) {
        return annotation.equals(EXPORT_SYMBOL) ? exported(access, name, descriptor, types) : null;
      }
    };
  }

  private AnnotationVisitor exported(
      int access, String name, String descriptor, Set<String> types) {
    Map<String, Object> values = new HashMap<>();
    return new Values(values) {
      @Override
      public void visitEnd() {
        boolean isGpl = Boolean.TRUE.equals(values.get("gpl"));
        exports.add(new ExportedMethod(access, name, descriptor, isGpl, types));
      }
    };
  }

  private static void read(String text, SignatureVisitor names) {
    boolean isMethods = text.startsWith("(") || text.startsWith("<");
    if (isMethods) {
      new SignatureReader(text).accept(names);
    } else {
      new SignatureReader(text).acceptType(names);
    }
  }

  /**
   * The classes in a descriptor and in the generic signature, which has those in angle brackets.
   */
  private static void addTypes(String descriptor, String signature, Set<String> types) {
    SignatureVisitor names =
        new SignatureVisitor(Opcodes.ASM9) {
          private String outer;

          @Override
          public void visitClassType(String type) {
            outer = type;
            types.add(type);
          }

          @Override
          public void visitInnerClassType(String type) {
            outer += "$" + type;
            types.add(outer);
          }
        };
    read(descriptor, names);
    if (signature != null) {
      try {
        read(signature, names);
      } catch (RuntimeException e) {
        return; // the JVM does not look at it either
      }
    }
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

  /** The flags of a field of its own, or null if there is none such. */
  Integer accessOfField(String field, String descriptor) {
    return fields.get(field + descriptor);
  }

  /** What {@code @ModuleInfo} gives, in the order of the class file, or null without one. */
  Map<String, Object> moduleInfo() {
    return moduleInfo;
  }

  /** What PF4J's {@code @Extension} gives, or null without one. */
  Map<String, Object> extension() {
    return extension;
  }

  List<ParamField> params() {
    return params;
  }

  boolean isPublic() {
    return (access & Opcodes.ACC_PUBLIC) != 0;
  }

  List<ExportedMethod> exports() {
    return exports;
  }

  /** Internal names of what is above it, and in its public and protected members' signatures. */
  Set<String> shownTypes() {
    return shownTypes;
  }
}
