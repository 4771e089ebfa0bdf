package jiffy.testkit.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same seed makes the same log, byte for byte: in one JVM, in fresh ones, on each JDK. */
class SameSeedTest {
  private static final long SEED = 42;
  private static final int RUNS = Integer.getInteger("jiffy.runs", 5);
  private static final int JVMS = Integer.getInteger("jiffy.jvms", 1);

  @TempDir private Path directory;

  @Test
  void sameSeed_inOneJvm_makesTheSameLog() {
    SameSeed machine = new SameSeed(directory);
    String first = machine.logs(SEED);
    for (int i = 1; i < RUNS; i++) {
      assertThat(machine.logs(SEED)).isEqualTo(first);
    }
  }

  @Test
  void anotherSeed_makesAnotherLog() {
    SameSeed machine = new SameSeed(directory);
    assertThat(machine.logs(SEED + 1)).isNotEqualTo(machine.logs(SEED));
  }

  @Test
  void sameSeed_inFreshJvms_makesTheSameLog() throws IOException {
    String here = new SameSeed(directory).digest(SEED);
    for (int i = 0; i < JVMS; i++) {
      assertThat(inAFreshJvm()).isEqualTo(here);
    }
    System.out.println("seed " + SEED + ": " + here); // the same on each JDK
  }

  private static String inAFreshJvm() throws IOException {
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                SameSeed.class.getName(),
                Long.toString(SEED))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    return new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }
}
