package jiffy.runtime.module.loader;

import java.util.List;
import java.util.Map;

/**
 * Whom a module's classes come from besides its own JAR. What is in here stays as long as the
 * module does.
 *
 * @param classes those of the modules whose symbols it uses, by binary name: before its own
 * @param dependencies the modules that {@code Plugin-Dependencies} names, all of whose classes it
 *     sees, behind its own, as PF4J has it
 */
public record Links(Map<String, ClassLoader> classes, List<ClassLoader> dependencies) {
  /** As given. */
  public Links {
    classes = Map.copyOf(classes);
    dependencies = List.copyOf(dependencies);
  }
}
