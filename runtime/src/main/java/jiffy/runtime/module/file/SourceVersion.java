package jiffy.runtime.module.file;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import org.objectweb.asm.ClassReader;

/**
 * {@code srcversion}: a sum that tells two builds of a version apart. The same classes give the
 * same one, whatever the order and the times in the JAR, and whatever else is in it.
 */
final class SourceVersion {
  /** As many as modpost's. */
  private static final int DIGITS = 23;

  private SourceVersion() {}

  /**
   * @param classes class files by name, each read from an array of its own
   */
  @SuppressWarnings("deprecation") // what replaces ClassReader.b does not know its length
  static String of(Map<String, ClassReader> classes) {
    MessageDigest sum = sha256();
    new TreeMap<>(classes)
        .forEach(
            (name, file) -> {
              sum.update((name + "\0" + file.b.length + "\0").getBytes(StandardCharsets.UTF_8));
              sum.update(file.b);
            });
    return HexFormat.of().withUpperCase().formatHex(sum.digest()).substring(0, DIGITS);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
