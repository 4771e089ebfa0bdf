package jiffy.runtime.module.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.objectweb.asm.ClassReader;

/**
 * The classes outside its JAR that a module sees, as class files: the JDK's, the API's, the shared
 * libraries', and the embedder's that {@code module.expose=} names. Kept once read; none is loaded
 * for it. Thread safe.
 */
public final class HostClasses {
  private final ConcurrentHashMap<String, Optional<ClassFacts>> known = new ConcurrentHashMap<>();

  private final List<String> exposed;

  /** Nothing read yet, nothing exposed. */
  public HostClasses() {
    this(List.of());
  }

  /**
   * Nothing read yet.
   *
   * @param exposed packages of the embedder's that modules see, with those below
   */
  public HostClasses(List<String> exposed) {
    this.exposed = exposed.stream().map(name -> name + ".").toList();
  }

  /** Beginnings of the binary names of what is exposed, each with the dot. */
  public List<String> exposed() {
    return exposed;
  }

  /** Whether a class, by binary name, is the host's even if the JAR has one of that name. */
  public boolean isHostFirst(String className) {
    return Visibility.isHostFirst(className) || isExposed(className);
  }

  /** Whether a class, by binary name, is the host's if the JAR has none of that name. */
  public boolean isHostToo(String className) {
    return Visibility.isHostToo(className) || isExposed(className);
  }

  private boolean isExposed(String className) {
    for (String each : exposed) {
      if (className.startsWith(each)) {
        return true;
      }
    }
    return false;
  }

  /** The class of that internal name, or null. */
  ClassFacts find(String internalName) {
    return known.computeIfAbsent(internalName, this::read).orElse(null);
  }

  private Optional<ClassFacts> read(String internalName) {
    try (InputStream in =
        isHostToo(internalName.replace('/', '.'))
            ? Visibility.host().getResourceAsStream(internalName + ".class")
            : null) {
      return in == null ? Optional.empty() : Optional.of(ClassFacts.of(new ClassReader(in)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // there, but of a JDK newer than our ASM: nothing can be said of it
    }
  }
}
