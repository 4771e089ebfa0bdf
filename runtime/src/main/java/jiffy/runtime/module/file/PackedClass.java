package jiffy.runtime.module.file;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** A class file in a module's private copy, as its class loader finds it. */
public final class PackedClass {
  private static final String IN_THE_JAR = "its JAR";

  private final String place;
  private final byte[] bytes;

  private PackedClass(String place, byte[] bytes) {
    this.place = place;
    this.bytes = bytes;
  }

  /** Those of these names, by internal name, that are there; the first of each. */
  public static Map<String, PackedClass> find(PrivateCopy copy, Collection<String> names) {
    Map<String, PackedClass> found = new LinkedHashMap<>();
    if (names.isEmpty()) {
      return found;
    }
    List<Path> classPath = copy.classPath();
    for (int i = 0; i < classPath.size(); i++) {
      String place = i == 0 ? IN_THE_JAR : copy.libraries().get(i - 1).entry();
      try (JarFile jar =
          new JarFile(classPath.get(i).toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
        for (String name : names) {
          ZipEntry entry = found.containsKey(name) ? null : jar.getEntry(name + ".class");
          if (entry != null) {
            found.put(name, read(jar, entry, place));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private static PackedClass read(JarFile jar, ZipEntry entry, String place) throws IOException {
    try (InputStream in = jar.getInputStream(entry)) {
      return new PackedClass(place, in.readAllBytes());
    }
  }

  /** {@code lib/json-1.2.jar}, or words for the module's JAR itself. */
  public String place() {
    return place;
  }

  /** Whether it is a library's. */
  public boolean isOfLibrary() {
    return !place.equals(IN_THE_JAR);
  }

  /** The class file; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }
}
