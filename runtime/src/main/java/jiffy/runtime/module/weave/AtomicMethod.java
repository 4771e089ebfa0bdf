package jiffy.runtime.module.weave;

import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Passes on the code of a synchronized method or class initializer so that there are no choice
 * points while it runs, in what it calls neither; see {@link Weaver}.
 */
final class AtomicMethod extends MethodVisitor {
  private final boolean hasFrames;
  private final Label start = new Label();

  /**
   * @param hasFrames whether the class is of a version with stack maps
   */
  AtomicMethod(MethodVisitor next, boolean hasFrames) {
    super(Opcodes.ASM9, next);
    this.hasFrames = hasFrames;
  }

  private void call(String name) {
    super.visitMethodInsn(Opcodes.INVOKESTATIC, MethodWeaver.CHOICE_POINT, name, "()V", false);
  }

  @Override
  public void visitCode() {
    super.visitCode();
    call("enterMonitor");
    super.visitLabel(start);
  }

  @Override
  public void visitInsn(int opcode) {
    if (opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN) {
      call("leaveMonitor");
    }
    super.visitInsn(opcode);
  }

  /** The last handler of all: leaves, and throws on. */
  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    Label handler = new Label();
    super.visitTryCatchBlock(start, handler, handler, null);
    super.visitLabel(handler);
    if (hasFrames) {
      super.visitFrame(Opcodes.F_FULL, 0, null, 1, new Object[] {"java/lang/Throwable"});
    }
    call("leaveMonitor");
    super.visitInsn(Opcodes.ATHROW);
    super.visitMaxs(Math.max(maxStack, 1), maxLocals);
  }
}
