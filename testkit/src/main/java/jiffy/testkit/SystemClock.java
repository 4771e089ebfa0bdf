package jiffy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Finds out whether code that loops reads the system's clock: a stack shows the loop, seldom the
 * call; the class file of the looping method shows that.
 */
final class SystemClock {
  private static final Set<String> OF_SYSTEM = Set.of("nanoTime", "currentTimeMillis");

  private SystemClock() {}

  /**
   * The first read of the clock in the innermost methods that are not the JDK's.
   *
   * @return such as {@code System.nanoTime at Foo.java:12}; null if there is none
   */
  static String readIn(StackTraceElement[] stack) {
    for (StackTraceElement frame : stack) {
      if (!frame.getClassName().startsWith("java.") && !frame.getClassName().startsWith("jdk.")) {
        return readIn(frame);
      }
    }
    return null;
  }

  private static String readIn(StackTraceElement frame) {
    String resource = frame.getClassName().replace('.', '/') + ".class";
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (InputStream in = loader == null ? null : loader.getResourceAsStream(resource)) {
      if (in == null) {
        return null; // a module's
      }
      Reads reads = new Reads(frame.getMethodName());
      new ClassReader(in).accept(reads, ClassReader.SKIP_FRAMES);
      return reads.found == null
          ? null
          : reads.found + " at " + frame.getFileName() + ":" + reads.line;
    } catch (IOException | RuntimeException e) {
      return null; // no class file to be had: the stack has to do
    }
  }

  private static final class Reads extends ClassVisitor {
    private final String looping;
    private String found;
    private int line;

    Reads(String looping) {
      super(Opcodes.ASM9);
      this.looping = looping;
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      return name.equals(looping) ? new Body() : null;
    }

    private final class Body extends MethodVisitor {
      private int current;

      Body() {
        super(Opcodes.ASM9);
      }

      @Override
      public void visitLineNumber(int number, Label start) {
        current = number;
      }

      @Override
      public void visitMethodInsn(
          int opcode, String owner, String name, String descriptor, boolean isInterface) {
        boolean isClock =
            owner.equals("java/lang/System") && OF_SYSTEM.contains(name)
                || owner.startsWith("java/time/") && name.equals("now");
        if (isClock && found == null) {
          found = owner.substring(owner.lastIndexOf('/') + 1) + "." + name;
          line = current;
        }
      }
    }
  }
}
