package jiffy.testkit.race;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.testkit.Launched;
import jiffy.testkit.ScheduleFailure;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Each race is found, shrunk and repeated, in this JVM and in a fresh one; each corrected version
 * passes.
 */
class RacesTest {
  /** How many schedules the corrected versions pass; 10,000 by hand. */
  private static final String SCHEDULES = System.getProperty("jiffy.schedules", "200");

  private static final Pattern REPLAY = Pattern.compile("replay = \"([-0-9:,]+)\"");

  @TempDir private Path directory;

  @ParameterizedTest(name = "{0}.{1}")
  @CsvSource({
    "LostCountsRace, racy, kt_global_data.count",
    "DeletedTimerRace, racy, NullPointerException",
    "LostWakeUpRace, racy, 'reader'' waits'",
    "AbbaRace, racy, 'pay_alice'' waits'",
    "TeardownRace, racy, work sample threw",
    "TimerdemoRace, wrongTimer, timer2_func",
    "TimerdemoRace, missedDelete, the run does not end",
    "CheckThenActRace, racy, started 1",
  })
  void race_isFoundAndRepeatedInAFreshJvm(String race, String method, String message)
      throws Exception {
    Class<?> type = Class.forName(RacesTest.class.getPackageName() + "." + race);
    Optional<Throwable> failure = Launched.failureOf(type, method);
    assertThat(failure).as("the race is found").containsInstanceOf(ScheduleFailure.class);
    String found = failure.orElseThrow().getMessage();
    assertThat(found).contains(message);
    Matcher replay = REPLAY.matcher(found);
    assertThat(replay.find()).as(found).isTrue();
    String again =
        Launched.failureOf(type, method, Map.of("jiffy.replay", replay.group(1)))
            .orElseThrow()
            .getMessage();
    assertThat(again).contains(message);
    assertThat(interleaving(again)).isEqualTo(interleaving(found));
    assertThat(inAFreshJvm(type, method, replay.group(1))).isEqualTo(again);
  }

  @ParameterizedTest(name = "{0}.{1}")
  @CsvSource({
    "LostCountsRace, correct",
    "DeletedTimerRace, correct",
    "LostWakeUpRace, correct",
    "AbbaRace, correct",
    "TeardownRace, correct",
    "TimerdemoRace, correctTimer",
    "TimerdemoRace, correctDelete",
    "CheckThenActRace, correct",
  })
  void correctedVersion_passes(String race, String method) throws Exception {
    Class<?> type = Class.forName(RacesTest.class.getPackageName() + "." + race);
    assertThat(Launched.failureOf(type, method, Map.of("jiffy.schedules", SCHEDULES))).isEmpty();
  }

  private static String interleaving(String message) {
    return message.substring(message.indexOf("who did what"));
  }

  private String output() {
    try {
      return Files.readString(directory.resolve("output"));
    } catch (IOException e) {
      return "not there: " + e;
    }
  }

  private String inAFreshJvm(Class<?> type, String method, String schedule)
      throws IOException, InterruptedException {
    Path message = directory.resolve("message");
    Process java =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dbasedir=" + System.getProperty("basedir", "testkit"),
                "-cp",
                System.getProperty("java.class.path"),
                ReplayMain.class.getName(),
                type.getName(),
                method,
                schedule,
                message.toString())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("output").toFile())
            .start();
    java.waitFor();
    assertThat(message).as(() -> "fails in a fresh JVM; its output is " + output()).exists();
    return Files.readString(message);
  }
}
