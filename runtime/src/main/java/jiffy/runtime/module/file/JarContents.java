package jiffy.runtime.module.file;

import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ENOEXEC;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
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
 * A JAR's manifest and class files, each read to its end, so that a truncated or damaged one is
 * known as such before anything of it runs.
 */
final class JarContents {
  /** Class file version of Java n is n + 44. */
  private static final int VERSION_OF_JAVA_0 = 44;

  private static final int MAGIC = 0xCAFEBABE;

  /** Nobody's class file or manifest is longer; a few bytes of a JAR can say that it is. */
  private static final int MAX_ENTRY = 16 << 20;

  /** All class files of a module together; they are in memory at once. */
  private static final long MAX_CLASSES = 128L << 20;

  final Attributes manifest;
  final Map<String, ClassReader> readers = new LinkedHashMap<>();
  final Map<String, ClassFacts> classes = new LinkedHashMap<>();

  private final String file;
  private long classBytes;

  private JarContents(String file, ZipFile zip) throws IOException, BadModuleException {
    this.file = file;
    ZipEntry entry = zip.getEntry(JarFile.MANIFEST_NAME);
    if (entry == null) {
      manifest = new Attributes();
    } else {
      manifest = new Manifest(new ByteArrayInputStream(bytes(zip, entry))).getMainAttributes();
    }
    for (ZipEntry each : Collections.list(zip.entries())) {
      String name = each.getName();
      boolean extra = name.startsWith("META-INF/") || name.endsWith("module-info.class");
      if (name.endsWith(".class") && !extra) {
        byte[] bytes = bytes(zip, each);
        classBytes += bytes.length;
        if (classBytes > MAX_CLASSES) {
          throw tooLarge("its classes have", MAX_CLASSES);
        }
        add(name, bytes);
      }
    }
  }

  private byte[] bytes(ZipFile zip, ZipEntry entry) throws IOException, BadModuleException {
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(MAX_ENTRY + 1);
      if (bytes.length > MAX_ENTRY) {
        throw tooLarge(entry.getName() + " has", MAX_ENTRY);
      }
      return bytes;
    }
  }

  private BadModuleException tooLarge(String what, long limit) {
    return new BadModuleException(
        ENOEXEC, file + ": " + what + " more than " + (limit >> 20) + " MB: that is no module");
  }

  /**
   * @param file what messages call it
   */
  static JarContents read(Path jar, String file) throws BadModuleException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      return new JarContents(file, zip);
    } catch (ZipException e) {
      throw new BadModuleException(
          ENOEXEC, file + ": not a JAR, or a damaged or truncated one: " + e.getMessage());
    } catch (IOException e) {
      throw new BadModuleException(EIO, file + ": cannot be read: " + e.getMessage());
    }
  }

  private void add(String entry, byte[] bytes) throws BadModuleException {
    if (entry.startsWith("jiffy/")) {
      throw new BadModuleException(
          ENOEXEC,
          file + ": carries " + entry + ": the API is the kernel's; leave it out of the JAR");
    }
    int java = javaVersion(entry, bytes);
    int here = Runtime.version().feature();
    if (java > here) {
      throw new BadModuleException(
          ENOEXEC,
          String.format(
              Locale.ROOT,
              "%s: %s is of Java %d (class file version %d), this JVM is Java %d (%d): compile it"
                  + " with --release %d or run Jiffy on a newer JDK",
              file,
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
      readers.put(facts.name(), reader);
      classes.put(facts.name(), facts);
    } catch (RuntimeException e) {
      throw new BadModuleException(ENOEXEC, file + ": " + entry + " is no valid class file");
    }
  }

  private int javaVersion(String entry, byte[] bytes) throws BadModuleException {
    if (bytes.length < 10 || intAt(bytes, 0) != MAGIC) {
      throw new BadModuleException(ENOEXEC, file + ": " + entry + " is no class file");
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
