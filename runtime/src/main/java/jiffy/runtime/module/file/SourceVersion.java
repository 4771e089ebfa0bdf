package jiffy.runtime.module.file;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * {@code srcversion}: a sum that tells two builds of a version apart. The same classes give the
 * same one, whatever the order and the times in the JAR, and whatever else is in it.
 */
final class SourceVersion {
  /** As many as modpost's. */
  private static final int DIGITS = 23;

  private SourceVersion() {}

  /**
   * @param classes class files by name
   */
  static String of(Map<String, byte[]> classes) {
    MessageDigest sum = sha256();
    new TreeMap<>(classes)
        .forEach(
            (name, bytes) -> {
              sum.update((name + "\0" + bytes.length + "\0").getBytes(StandardCharsets.UTF_8));
              sum.update(bytes);
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
