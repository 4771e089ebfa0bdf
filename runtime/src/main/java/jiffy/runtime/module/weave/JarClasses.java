package jiffy.runtime.module.weave;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/**
 * The classes of a class path as URLClassLoader would find them: of two of one name the first,
 * those for this version of Java, with their signers.
 *
 * @param types by binary name, in the order of the JARs; without those whose signature is wrong
 * @param manifests one a JAR, empty without one
 */
record JarClasses(Map<String, WovenJar.Type> types, List<Manifest> manifests) {
  private static final String SUFFIX = ".class";

  static JarClasses read(List<Path> classPath) throws IOException {
    Map<String, WovenJar.Type> types = new LinkedHashMap<>();
    List<Manifest> manifests = new ArrayList<>();
    for (Path jar : classPath) {
      try (JarFile file = new JarFile(jar.toFile(), true, ZipFile.OPEN_READ, Runtime.version())) {
        for (JarEntry entry : file.versionedStream().toList()) {
          if (isClass(entry.getName())) {
            add(file, entry, manifests.size(), types);
          }
        }
        Manifest manifest = file.getManifest();
        manifests.add(manifest == null ? new Manifest() : manifest);
      }
    }
    return new JarClasses(types, manifests);
  }

  private static boolean isClass(String entry) {
    return entry.endsWith(SUFFIX)
        && !entry.startsWith("META-INF/")
        && !entry.endsWith("module-info.class");
  }

  private static void add(JarFile file, JarEntry entry, int place, Map<String, WovenJar.Type> types)
      throws IOException {
    String name = entry.getName();
    String className = name.substring(0, name.length() - SUFFIX.length()).replace('/', '.');
    try (InputStream in = file.getInputStream(entry)) {
      byte[] bytes = in.readAllBytes(); // to the end: the signers are known only then
      types.putIfAbsent(className, new WovenJar.Type(bytes, entry.getCodeSigners(), place));
    } catch (SecurityException e) {
      return; // the loader will say so when it is asked for that class
    }
  }
}
