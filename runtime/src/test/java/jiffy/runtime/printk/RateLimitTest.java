package jiffy.runtime.printk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final Pattern ADVANCE = Pattern.compile("advance ([0-9.]+)s");
  private static final Pattern BURST = Pattern.compile("burst[ =](\\d+)");
  private static final Pattern INTERVAL = Pattern.compile("interval[ =](\\d+)");
  private static final Pattern TIMES = Pattern.compile("x(\\d+)");

  /** Each row of the shared table, in order, on one state and a simulated clock in milliseconds. */
  @Test
  void acquire_stepsOfTheSharedTable_agree() throws IOException {
    String shared = System.getProperty("jiffy.shared", "");
    Path table = Path.of(shared, "vectors/kernel/ratelimit.tsv");
    assumeTrue(
        !shared.isEmpty() && Files.exists(table),
        "19 steps of ratelimit.tsv skipped: -Djiffy.shared names no directory that has them");
    long interval = 5_000;
    int burst = 3;
    RateLimit limit = new RateLimit(interval, burst);
    long now = 1_000;
    int steps = 0;
    for (String line : Files.readAllLines(table)) {
      String[] columns = line.split("\t");
      if (line.startsWith("#") || columns.length < 3) {
        continue;
      }
      steps++;
      String action = columns[1];
      now += (long) (1_000 * number(ADVANCE, action, 0));
      if (action.startsWith("set")) {
        interval = (long) (number(INTERVAL, action, interval / 1_000.0) * 1_000);
        burst = (int) number(BURST, action, burst);
        limit.set(interval, burst);
      }
      int times = (int) number(TIMES, action, 1);
      for (int i = 0; i < times; i++) {
        assertThat(limit.acquire(now) != RateLimit.SUPPRESSED)
            .as(line)
            .isEqualTo(columns[2].startsWith("true"));
      }
    }
    assertThat(steps).isEqualTo(19);
  }

  private static double number(Pattern pattern, String text, double otherwise) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Double.parseDouble(matcher.group(1)) : otherwise;
  }

  @Test
  void acquire_windowOver_reportsWhatWasSuppressedOnce() {
    RateLimit limit = new RateLimit(100, 2);
    assertThat(limit.acquire(0)).isZero();
    assertThat(limit.acquire(0)).isZero();
    assertThat(limit.acquire(100)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.acquire(100)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.acquire(101)).isEqualTo(2);
    assertThat(limit.acquire(101)).isZero();
  }

  @Test
  void acquire_jiffiesWrap_isNoticed() {
    RateLimit limit = new RateLimit(100, 1);
    assertThat(limit.acquire(Long.MAX_VALUE - 10)).isZero();
    assertThat(limit.acquire(Long.MIN_VALUE + 10)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.acquire(Long.MIN_VALUE + 100)).isEqualTo(1);
  }

  @Test
  void takeMissed_afterTheLastCall_tells() {
    RateLimit limit = new RateLimit(100, 0);
    limit.acquire(0);
    limit.acquire(500);
    assertThat(limit.takeMissed()).isEqualTo(2);
    assertThat(limit.takeMissed()).isZero();
  }
}
