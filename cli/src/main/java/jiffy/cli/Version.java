package jiffy.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** Which Jiffy this is. */
final class Version {
  private Version() {}

  /** As the build wrote it. */
  static String text() {
    Properties build = new Properties();
    try (InputStream file = Version.class.getResourceAsStream("version.properties")) {
      if (file != null) {
        build.load(file);
      }
    } catch (IOException unreadable) {
      // Then nobody knows.
    }
    return build.getProperty("version", "(unknown version)");
  }
}
