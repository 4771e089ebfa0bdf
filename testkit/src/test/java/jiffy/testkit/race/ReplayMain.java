package jiffy.testkit.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import jiffy.testkit.Launched;

/** Replays a test in a JVM of its own, and writes down what it fails with. */
final class ReplayMain {
  private ReplayMain() {}

  /**
   * @param args class, method, schedule, and the file for the message; none is written of a test
   *     that passes
   */
  public static void main(String[] args) throws ClassNotFoundException, IOException {
    Optional<Throwable> failure =
        Launched.failureOf(Class.forName(args[0]), args[1], Map.of("jiffy.replay", args[2]));
    if (failure.isPresent()) {
      Files.writeString(Path.of(args[3]), failure.get().getMessage());
    }
    System.exit(0); // a stalled test's thread may be left
  }
}
