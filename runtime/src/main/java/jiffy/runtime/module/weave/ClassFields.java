package jiffy.runtime.module.weave;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.FieldVisitor;
import org.objectweb.asm.Opcodes;

/**
 * The fields that a class declares, and where others may be.
 *
 * @param name internal name
 * @param above internal names of its interfaces and superclass, in the order of the JVM's search
 * @param access by name and descriptor
 */
record ClassFields(String name, List<String> above, Map<String, Integer> access) {
  /** Reads a class file; empty if it is none that can be read. */
  static Optional<ClassFields> read(byte[] bytes) {
    Reading reading = new Reading();
    try {
      new ClassReader(bytes)
          .accept(
              reading, ClassReader.SKIP_CODE | ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    } catch (RuntimeException e) {
      return Optional.empty(); // of a JDK newer than our ASM, or damaged
    }
    return Optional.of(
        new ClassFields(reading.name, List.copyOf(reading.above), Map.copyOf(reading.access)));
  }

  private static final class Reading extends ClassVisitor {
    private final List<String> above = new ArrayList<>();
    private final Map<String, Integer> access = new HashMap<>();
    private String name;

    Reading() {
      super(Opcodes.ASM9);
    }

    @Override
    public void visit(
        int version, int flags, String self, String signature, String superName, String[] ifs) {
      name = self;
      above.addAll(ifs == null ? List.of() : List.of(ifs));
      if (superName != null) {
        above.add(superName);
      }
    }

    @Override
    public FieldVisitor visitField(
        int flags, String field, String descriptor, String signature, Object value) {
      access.put(field + descriptor, flags);
      return null;
    }
  }
}
