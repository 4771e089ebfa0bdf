package jiffy.runtime.module.weave;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import jiffy.runtime.module.file.Visibility;

/** The fields of the API's and the JDK's classes. None is loaded for it. Thread safe. */
final class HostFields {
  private final ConcurrentHashMap<String, Optional<ClassFields>> known = new ConcurrentHashMap<>();

  /** Those of the class of that internal name, or null. */
  ClassFields find(String internalName) {
    return known.computeIfAbsent(internalName, HostFields::read).orElse(null);
  }

  private static Optional<ClassFields> read(String internalName) {
    try (InputStream in = Visibility.host().getResourceAsStream(internalName + ".class")) {
      return in == null ? Optional.empty() : ClassFields.read(in.readAllBytes());
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
