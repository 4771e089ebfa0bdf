package jiffy.runtime.module.weave;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/**
 * A JAR's classes as URLClassLoader would find them: those for this version of Java, with their
 * signers.
 *
 * @param types by binary name, in the order of the JAR; without those whose signature is wrong
 */
record JarClasses(Map<String, WovenJar.Type> types, Manifest manifest) {
  private static final String SUFFIX = ".class";

  static JarClasses read(Path jar) throws IOException {
    try (JarFile file = new JarFile(jar.toFile(), true, ZipFile.OPEN_READ, Runtime.version())) {
      Map<String, WovenJar.Type> types = new LinkedHashMap<>();
      List<JarEntry> entries = file.versionedStream().toList();
      for (JarEntry entry : entries) {
        if (isClass(entry.getName())) {
          add(file, entry, types);
        }
      }
      Manifest manifest = file.getManifest();
      return new JarClasses(types, manifest == null ? new Manifest() : manifest);
    }
  }

  private static boolean isClass(String entry) {
    return entry.endsWith(SUFFIX)
        && !entry.startsWith("META-INF/")
        && !entry.endsWith("module-info.class");
  }

  private static void add(JarFile file, JarEntry entry, Map<String, WovenJar.Type> types)
      throws IOException {
    String name = entry.getName();
    String className = name.substring(0, name.length() - SUFFIX.length()).replace('/', '.');
    try (InputStream in = file.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes(); // to the end: the signers are known only then
      types.put(className, new WovenJar.Type(bytes, entry.getCodeSigners()));
    } catch (SecurityException e) {
      return; // the loader will say so when it is asked for that class
    }
  }
}
