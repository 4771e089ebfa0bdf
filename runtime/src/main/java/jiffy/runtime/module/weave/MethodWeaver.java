package jiffy.runtime.module.weave;

import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Passes a method's code on with its choice points; see {@link Weaver}. */
final class MethodWeaver extends MethodVisitor {
  static final String CHOICE_POINT = "jiffy/kernel/ChoicePoint";

  /** The types whose arrays IALOAD to SALOAD read, and IASTORE to SASTORE write. */
  private static final String[] ELEMENTS = {
    "int", "long", "float", "double", "Object", "byte or boolean", "char", "short"
  };

  private final SharedFields fields;
  private final CompilerArrays compilers = new CompilerArrays();

  MethodWeaver(MethodVisitor next, SharedFields fields) {
    super(Opcodes.ASM9, next);
    this.fields = fields;
  }

  private void point(String what) {
    super.visitLdcInsn(what);
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC, CHOICE_POINT, "before", "(Ljava/lang/String;)V", false);
  }

  @Override
  public void visitFieldInsn(int opcode, String owner, String name, String descriptor) {
    compilers.seeField(opcode, name);
    String label = fields.label(owner, name, descriptor);
    if (label != null) {
      boolean reads = opcode == Opcodes.GETFIELD || opcode == Opcodes.GETSTATIC;
      point((reads ? "reads " : "writes ") + label);
    }
    super.visitFieldInsn(opcode, owner, name, descriptor);
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    compilers.seeCall(name, descriptor);
    String label = SharedCalls.label(owner, name, opcode == Opcodes.INVOKESTATIC);
    if (label != null) {
      point(label);
    }
    super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
  }

  @Override
  public void visitInsn(int opcode) {
    boolean isCompilers = compilers.see(opcode);
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD && !isCompilers) {
      point("reads an element of " + ELEMENTS[opcode - Opcodes.IALOAD] + "[]");
    } else if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE && !isCompilers) {
      point("writes an element of " + ELEMENTS[opcode - Opcodes.IASTORE] + "[]");
    } else if (opcode == Opcodes.MONITORENTER) {
      super.visitInsn(Opcodes.DUP);
      super.visitMethodInsn(
          Opcodes.INVOKESTATIC, CHOICE_POINT, "enterMonitor", "(Ljava/lang/Object;)V", false);
    }
    super.visitInsn(opcode);
    if (opcode == Opcodes.MONITOREXIT) {
      super.visitMethodInsn(Opcodes.INVOKESTATIC, CHOICE_POINT, "leaveMonitor", "()V", false);
    }
  }

  @Override
  public void visitIntInsn(int opcode, int operand) {
    compilers.see(opcode);
    super.visitIntInsn(opcode, operand);
  }

  @Override
  public void visitVarInsn(int opcode, int variable) {
    compilers.see(opcode);
    super.visitVarInsn(opcode, variable);
  }

  @Override
  public void visitTypeInsn(int opcode, String type) {
    compilers.see(opcode);
    super.visitTypeInsn(opcode, type);
  }

  @Override
  public void visitLdcInsn(Object value) {
    compilers.see(Opcodes.LDC);
    super.visitLdcInsn(value);
  }

  @Override
  public void visitIincInsn(int variable, int increment) {
    compilers.see(Opcodes.IINC);
    super.visitIincInsn(variable, increment);
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... arguments) {
    compilers.see(Opcodes.INVOKEDYNAMIC);
    super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
  }

  @Override
  public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
    compilers.see(Opcodes.MULTIANEWARRAY);
    super.visitMultiANewArrayInsn(descriptor, dimensions);
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    compilers.seeBranch();
    super.visitJumpInsn(opcode, label);
  }

  @Override
  public void visitFrame(int type, int numLocal, Object[] local, int numStack, Object[] stack) {
    compilers.seeBranch();
    super.visitFrame(type, numLocal, local, numStack, stack);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    super.visitMaxs(maxStack + 1, maxLocals);
  }
}
