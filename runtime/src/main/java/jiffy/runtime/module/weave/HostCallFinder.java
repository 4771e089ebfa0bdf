package jiffy.runtime.module.weave;

import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/** Passes a method on as it is, and tells of each of its {@link HostCalls}. */
final class HostCallFinder extends MethodVisitor {
  /** Who is told. */
  interface Found {
    /**
     * @param line 0: unknown
     * @param owner internal name of the class that is called
     */
    void found(HostCalls kind, int line, String owner, String name);
  }

  private final Found found;
  private int line;

  HostCallFinder(MethodVisitor next, Found found) {
    super(Opcodes.ASM9, next);
    this.found = found;
  }

  @Override
  public void visitLineNumber(int number, Label start) {
    line = number;
    super.visitLineNumber(number, start);
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String descriptor, boolean isInterface) {
    look(owner, name, descriptor);
    super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
  }

  /** Method references, too. */
  @Override
  public void visitInvokeDynamicInsn(
      String name, String descriptor, Handle bootstrap, Object... arguments) {
    for (Object argument : arguments) {
      if (argument instanceof Handle) {
        Handle handle = (Handle) argument;
        look(handle.getOwner(), handle.getName(), handle.getDesc());
      }
    }
    super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
  }

  private void look(String owner, String name, String descriptor) {
    HostCalls kind = HostCalls.of(owner, name, descriptor);
    if (kind != null) {
      found.found(kind, line, owner, name);
    }
  }
}
