package jiffy.runtime.module.weave;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Passes a class on with choice points in its methods; see {@link Weaver}. */
final class ClassWeaver extends ClassVisitor {
  private final SharedFields fields;
  private final List<String> notes = new ArrayList<>();
  private final Set<HostCalls> noted = EnumSet.noneOf(HostCalls.class);
  private boolean hasFrames;
  private String source;

  ClassWeaver(ClassVisitor next, SharedFields fields) {
    super(Opcodes.ASM9, next);
    this.fields = fields;
  }

  /** What there is to say of it, each sort of thing once. */
  List<String> notes() {
    return notes;
  }

  @Override
  public void visit(
      int version, int access, String name, String signature, String superName, String[] ifs) {
    hasFrames = (version & 0xffff) >= Opcodes.V1_6;
    source = SharedFields.simpleName(name); // until visitSource() says better
    super.visit(version, access, name, signature, superName, ifs);
  }

  @Override
  public void visitSource(String file, String debug) {
    source = file == null ? source : file;
    super.visitSource(file, debug);
  }

  @Override
  public MethodVisitor visitMethod(
      int access, String name, String descriptor, String signature, String[] exceptions) {
    MethodVisitor next = super.visitMethod(access, name, descriptor, signature, exceptions);
    if (next == null || (access & (Opcodes.ACC_ABSTRACT | Opcodes.ACC_NATIVE)) != 0) {
      return next;
    }
    boolean isInitializer = name.equals("<clinit>");
    boolean isAtomic = isInitializer || (access & Opcodes.ACC_SYNCHRONIZED) != 0;
    MethodVisitor points = isAtomic ? next : new MethodWeaver(next, fields);
    MethodVisitor monitors = isAtomic ? new AtomicMethod(next, hasFrames) : points;
    return new HostCallFinder(monitors, this::found);
  }

  private void found(HostCalls kind, int line, String owner, String name) {
    if (noted.add(kind)) {
      notes.add(kind.note(line == 0 ? source : source + ":" + line, owner, name));
    }
  }
}
