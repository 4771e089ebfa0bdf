package jiffy.runtime.irq;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** What semprobe printed of tasklets on a real Linux: truth/semprobe_tasklet.dmesg. */
final class Recorded {
  private Recorded() {}

  /** What is behind the bar of a line. @param row the line's key, without {@code tasklet.} */
  static String line(String row) throws IOException {
    try (InputStream in = Recorded.class.getResourceAsStream("/truth/semprobe_tasklet.dmesg")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(" tasklet." + row + " | "))
          .map(line -> line.substring(line.indexOf(" | ") + 3))
          .findFirst()
          .orElseThrow();
    }
  }
}
