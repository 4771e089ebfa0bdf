package jiffy.runtime.module.file;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.objectweb.asm.ClassReader;

/**
 * The classes outside its JAR that a module sees, as class files: the JDK's, the API's and the
 * shared libraries'. Kept once read; none is loaded for it. Thread safe.
 */
public final class HostClasses {
  private final ConcurrentHashMap<String, Optional<ClassFacts>> known = new ConcurrentHashMap<>();

  /** Nothing read yet. */
  public HostClasses() {}

  /** The class of that internal name, or null. */
  ClassFacts find(String internalName) {
    return known.computeIfAbsent(internalName, HostClasses::read).orElse(null);
  }

  private static Optional<ClassFacts> read(String internalName) {
    try (InputStream in = Visibility.open(internalName)) {
      return in == null ? Optional.empty() : Optional.of(ClassFacts.of(new ClassReader(in)));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty(); // there, but of a JDK newer than our ASM: nothing can be said of it
    }
  }
}
