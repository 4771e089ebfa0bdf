package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import jiffy.linux.Errno;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.Import;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/** Class files that no compiler makes, as insmod, depmod and the drop folder read them. */
@Timeout(120) // one layer of interfaces more would double the time
class ConfusingClassesTest {
  private static final int TAG_METHOD = 10;
  private static final int LAYERS = 60;

  @TempDir Path dir;

  private ModuleFile read(ModuleJar jar) throws BadModuleException {
    return ModuleFile.read(jar.writeTo(dir.resolve("m.jar")), "m.jar", new HostClasses());
  }

  @Test
  void classAboveItself_hasNoMemberThatNoneOfThemDeclares() throws BadModuleException {
    ModuleJar other = ModuleJar.of("class A {}", "class B extends A {}");
    String user = Sources.gpl("M", "static void f(A a) { a.absent(); }");
    ModuleJar jar =
        ModuleJar.of("class A extends B {}", "class B { void absent() {} }", user)
            .entry("B.class", other.bytesOf("B.class"));
    assertThat(read(jar).imports()).containsExactly(new Import("A", "absent", "()V"));
  }

  @Test
  void layersOfDiamonds_areLookedThroughOnce() throws BadModuleException {
    String user = Sources.gpl("M", "static void f(Last last) { last.absent(); }");
    ModuleJar jar = ModuleJar.of("interface Last { void absent(); }", user);
    jar.entry("A0.class", type("A0")).entry("B0.class", type("B0"));
    for (int i = 1; i <= LAYERS; i++) {
      String[] above = {"A" + (i - 1), "B" + (i - 1)};
      jar.entry("A" + i + ".class", type("A" + i, above));
      jar.entry("B" + i + ".class", type("B" + i, above));
    }
    jar.entry("Last.class", type("Last", "A" + LAYERS, "B" + LAYERS));
    assertThat(read(jar).imports()).containsExactly(new Import("Last", "absent", "()V"));
  }

  /** An interface; javac, too, looks along each of the 2^n ways. */
  private static byte[] type(String name, String... above) {
    ClassWriter writer = new ClassWriter(0);
    int access = Opcodes.ACC_INTERFACE | Opcodes.ACC_ABSTRACT;
    writer.visit(Opcodes.V17, access, name, null, "java/lang/Object", above);
    return writer.toByteArray();
  }

  @Test
  void brokenConstantPool_isEnoexecBySentence() {
    ModuleJar jar = ModuleJar.of(Sources.hello("M"));
    byte[] bytes = jar.bytesOf("M.class");
    ClassReader reader = new ClassReader(bytes);
    for (int i = 1; i < reader.getItemCount(); i++) {
      int at = reader.getItem(i);
      if (at != 0 && bytes[at - 1] == TAG_METHOD) {
        bytes[at + 2] = (byte) 0xff; // name and type
        bytes[at + 3] = (byte) 0xff;
      }
    }
    assertThatThrownBy(() -> read(jar.entry("M.class", bytes)))
        .isInstanceOf(BadModuleException.class)
        .hasMessageStartingWith("m.jar: cannot be understood: ")
        .extracting(e -> ((BadModuleException) e).errno())
        .isEqualTo(Errno.ENOEXEC);
  }
}
