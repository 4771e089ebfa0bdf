package jiffy.runtime.module.file;

import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ENOEXEC;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.objectweb.asm.ClassReader;

/**
 * The manifest and the class files of a JAR and its libraries, those for this version of Java, each
 * read to its end, so that a truncated or damaged one is known as such before anything of it runs.
 * Of two classes of one name the first on the class path counts.
 */
final class JarContents {
  /** Class file version of Java n is n + 44. */
  private static final int VERSION_OF_JAVA_0 = 44;

  private static final int MAGIC = 0xCAFEBABE;

  /** Nobody's class file or manifest is longer; a few bytes of a JAR can say that it is. */
  private static final int MAX_ENTRY = 16 << 20;

  /** All class files of a module together; they are in memory at once. */
  private static final long MAX_CLASSES = 128L << 20;

  private static final String PROPERTIES = "plugin.properties";
  private static final String EXTENSIONS = "META-INF/extensions.idx";

  Attributes manifest = new Attributes();
  final Map<String, ClassReader> readers = new LinkedHashMap<>();
  final Map<String, ClassFacts> classes = new LinkedHashMap<>();

  /** As {@link #classes}, without those of the libraries. */
  final Map<String, ClassFacts> ownClasses = new LinkedHashMap<>();

  /** PF4J's {@code plugin.properties}; null without one. */
  byte[] properties;

  /** PF4J's index of extensions: the JAR's, else a library's; null without one. */
  byte[] extensions;

  private final String file;
  private final Map<String, String> places = new HashMap<>();
  private final Map<String, List<String>> duplicates = new LinkedHashMap<>();
  private long classBytes;

  private JarContents(String file) {
    this.file = file;
  }

  /**
   * @param libraries those that lie in it, copied out
   * @param file what messages call it
   */
  static JarContents read(Path jar, List<Library> libraries, String file)
      throws BadModuleException {
    JarContents contents = new JarContents(file);
    contents.add(jar, "");
    contents.ownClasses.putAll(contents.classes);
    for (Library library : libraries) {
      contents.add(library.path(), library.entry());
    }
    return contents;
  }

  /** What is odd about it, though it can be loaded. */
  List<String> remarks() {
    List<String> remarks = new ArrayList<>();
    duplicates.forEach(
        (two, names) -> {
          int others = names.size() - 1;
          String more = others == 0 ? "" : " and " + others + " more";
          remarks.add(two + " both have " + names.get(0) + more + ": the first is used");
        });
    return remarks;
  }

  /**
   * @param place the library's entry; empty for the module's JAR itself
   */
  private void add(Path jar, String place) throws BadModuleException {
    String where = place.isEmpty() ? file : file + ": " + place;
    try (JarFile zip = new JarFile(jar.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
      ZipEntry entry = zip.getEntry(JarFile.MANIFEST_NAME);
      if (entry != null) { // before versionedStream, which would read one of any length
        Manifest read = new Manifest(new ByteArrayInputStream(bytes(zip, entry, where)));
        manifest = place.isEmpty() ? read.getMainAttributes() : manifest;
      }
      for (ZipEntry each : zip.versionedStream().toList()) {
        add(zip, each, place, where);
      }
    } catch (ZipException | EOFException e) {
      throw new BadModuleException(
          ENOEXEC, where + ": not a JAR, or a damaged or truncated one: " + e.getMessage());
    } catch (IOException e) {
      throw new BadModuleException(EIO, where + ": cannot be read: " + e.getMessage());
    }
  }

  private void add(ZipFile zip, ZipEntry entry, String place, String where)
      throws IOException, BadModuleException {
    String name = entry.getName();
    boolean extra = name.startsWith("META-INF/") || name.endsWith("module-info.class");
    if (name.endsWith(".class") && !extra) {
      byte[] bytes = bytes(zip, entry, where);
      classBytes += bytes.length;
      if (classBytes > MAX_CLASSES) {
        throw tooLarge(file, "its classes have", MAX_CLASSES);
      }
      add(name, bytes, place, where);
    } else if (name.equals(PROPERTIES) && place.isEmpty()) {
      properties = bytes(zip, entry, where);
    } else if (name.equals(EXTENSIONS) && extensions == null) {
      extensions = bytes(zip, entry, where);
    }
  }

  private static byte[] bytes(ZipFile zip, ZipEntry entry, String where)
      throws IOException, BadModuleException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MAX_ENTRY + 1);
      if (bytes.length > MAX_ENTRY) {
        throw tooLarge(where, entry.getName() + " has", MAX_ENTRY);
      }
      return bytes;
    }
  }

  private static BadModuleException tooLarge(String where, String what, long limit) {
    return new BadModuleException(
        ENOEXEC, where + ": " + what + " more than " + (limit >> 20) + " MB: that is no module");
  }

  private void add(String entry, byte[] bytes, String place, String where)
      throws BadModuleException {
    if (entry.startsWith("jiffy/")) {
      throw new BadModuleException(
          ENOEXEC,
          where + ": carries " + entry + ": the API is the kernel's; leave it out of the JAR");
    }
    int java = javaVersion(entry, bytes, where);
    int here = Runtime.version().feature();
    if (java > here && !place.isEmpty()) {
      return; // a library has what it is said to need only sometimes; the JVM speaks up if not
    }
    if (java > here) {
      throw new BadModuleException(
          ENOEXEC,
          String.format(
              Locale.ROOT,
              "%s: %s is of Java %d (class file version %d), this JVM is Java %d (%d): compile it"
                  + " with --release %d or run Jiffy on a newer JDK",
              where,
              entry,
              java,
              java + VERSION_OF_JAVA_0,
              here,
              here + VERSION_OF_JAVA_0,
              here));
    }
    try {
      ClassReader reader = new ClassReader(bytes);
      ClassFacts facts = ClassFacts.of(reader);
      String first = places.putIfAbsent(facts.name(), place);
      if (first != null) {
        String two = (first.isEmpty() ? "the JAR" : first) + " and " + place;
        duplicates.computeIfAbsent(two, t -> new ArrayList<>()).add(facts.className());
        return;
      }
      readers.put(facts.name(), reader);
      classes.put(facts.name(), facts);
    } catch (RuntimeException e) {
      throw new BadModuleException(ENOEXEC, where + ": " + entry + " is no valid class file");
    }
  }

  private static int javaVersion(String entry, byte[] bytes, String where)
      throws BadModuleException {
    if (bytes.length < 10 || intAt(bytes, 0) != MAGIC) {
      throw new BadModuleException(ENOEXEC, where + ": " + entry + " is no class file");
    }
    return (intAt(bytes, 4) & 0xffff) - VERSION_OF_JAVA_0;
  }

  private static int intAt(byte[] bytes, int at) {
    return bytes[at] << 24
        | (bytes[at + 1] & 0xff) << 16
        | (bytes[at + 2] & 0xff) << 8
        | bytes[at + 3] & 0xff;
  }
}
