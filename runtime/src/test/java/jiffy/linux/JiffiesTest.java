package jiffy.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Timespec64;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jiffies and their conversions: vectors/kernel/jiffies.tsv, a test a row, and what the table does
 * not have. What a Linux recorded of them, truth/semprobe_conv.dmesg, is compared line by line in
 * the sample module semprobe.
 */
@OnBothPlatforms
class JiffiesTest {
  /**
   * Rows of the computed table that contradict semprobe_conv, with what Linux gives. The table
   * leaves out the limit of usecs_to_jiffies, and takes HZ / USER_HZ for a whole number where HZ is
   * 250: Linux multiplies by TICK_NSEC there. (Where it gives more than 32 bits for an unsigned
   * int, the low ones are meant.)
   */
  private static final Map<String, Long> OVERRULED =
      Map.of(
          "100\tusecs_to_jiffies\t4294967295", Jiffies.MAX_JIFFY_OFFSET,
          "250\tusecs_to_jiffies\t4294967295", Jiffies.MAX_JIFFY_OFFSET,
          "1000\tusecs_to_jiffies\t4294967295", Jiffies.MAX_JIFFY_OFFSET,
          "250\tjiffies_to_clock_t\t2", 0L,
          "250\tjiffies_to_clock_t\t7", 2L,
          "250\tjiffies_to_clock_t\t250", 100L,
          "250\tjiffies_to_clock_t\t15000", 6000L,
          "250\tjiffies_to_clock_t\t4294967", 1717986L);

  /** A multiple of each HZ, beyond jiffies: rounding leaves alone what is not to come any more. */
  private static final long FUTURE = 3_000L << 32;

  private final Platform platform;

  JiffiesTest(Platform platform) {
    this.platform = platform;
  }

  @TestFactory
  List<DynamicTest> conversions_ofEachVector_giveItsResult() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String hz : List.of("100", "250", "1000")) {
      try (TestKernel kernel = TestKernel.boot(platform, "hz=" + hz)) {
        for (String line : lines("/vectors/jiffies.tsv")) {
          if (line.startsWith(hz + "\t")) {
            tests.add(row(line, convert(line.split("\t"))));
          }
        }
      }
    }
    assertThat(tests).hasSize(318);
    return tests;
  }

  private static DynamicTest row(String line, long result) {
    String row = line.substring(0, line.lastIndexOf('\t'));
    long unwrapped = Long.parseLong(line.substring(line.lastIndexOf('\t') + 1));
    long listed = row.contains("\tjiffies_to_") ? unwrapped & 0xffff_ffffL : unwrapped;
    Long recorded = OVERRULED.get(row);
    return DynamicTest.dynamicTest(
        row.replace('\t', ' '),
        () -> {
          assertThat(result).isEqualTo(recorded == null ? listed : recorded);
          assertThat((Object) recorded).as("an overruled row").isNotEqualTo(listed);
        });
  }

  private static long convert(String[] f) {
    long input = f[2].equals("-") ? 0 : Long.parseLong(f[2]);
    int cpu = f[1].contains("cpu=") ? f[1].charAt(f[1].length() - 1) - '0' : 0;
    return switch (f[1].split(" ")[0]) {
      case "msecs_to_jiffies" -> Jiffies.msecs_to_jiffies((int) input);
      case "usecs_to_jiffies" -> Jiffies.usecs_to_jiffies((int) input);
      case "nsecs_to_jiffies" -> Jiffies.nsecs_to_jiffies(input);
      case "jiffies_to_msecs" -> Jiffies.jiffies_to_msecs(input) & 0xffff_ffffL;
      case "jiffies_to_usecs" -> Jiffies.jiffies_to_usecs(input) & 0xffff_ffffL;
      case "jiffies_to_clock_t" -> Jiffies.jiffies_to_clock_t(input);
      case "INITIAL_JIFFIES" -> Jiffies.INITIAL_JIFFIES();
      case "round_jiffies" -> Timers.__round_jiffies(FUTURE + input, cpu) - FUTURE;
      case "round_jiffies_up" -> Timers.__round_jiffies_up(FUTURE + input, cpu) - FUTURE;
      default -> throw new IllegalArgumentException(String.join(" ", f));
    };
  }

  /** By kernel/time/timeconst.bc and linux/jiffies.h; HZ 250 is in semprobe_conv too. */
  @ParameterizedTest
  @CsvSource({
    "100, 10000000, 7, 4294937296, 2748779068",
    "250, 4000000, 8, 4294892296, 2199023255",
    "300, 3333333, 8, 4294877296, 3665038392",
    "1000, 1000000, 10, 4294667296, 2199023255"
  })
  void constants_ofEachHz_areLinuxs(
      int hz, long tickNanos, int shift, long initial, long maxSeconds) {
    try (TestKernel kernel = TestKernel.boot(platform, "hz=" + hz)) {
      assertThat(Jiffies.HZ()).isEqualTo(hz);
      assertThat(Jiffies.TICK_NSEC()).isEqualTo(tickNanos);
      assertThat(Jiffies.SHIFT_HZ()).isEqualTo(shift);
      assertThat(Jiffies.INITIAL_JIFFIES()).isEqualTo(initial);
      assertThat(Jiffies.jiffies()).isGreaterThanOrEqualTo(initial);
      if (kernel.isSim()) {
        assertThat(Jiffies.jiffies()).isEqualTo(initial);
      }
      assertThat(Jiffies.MAX_SEC_IN_JIFFIES()).isEqualTo(maxSeconds);
    }
  }

  /** By Linux's formulas for an HZ that does not divide 10^9, with kernel/time/timeconst.bc. */
  @Test
  void conversions_atHz300_goByReducedFractions() {
    try (TestKernel kernel = TestKernel.boot(platform, "hz=300")) {
      assertThat(Jiffies.nsecs_to_jiffies(100_000_000_000_000L)).isEqualTo(30_000_000);
      assertThat(Jiffies.usecs_to_jiffies(1_431_649_098)).isEqualTo(429_495);
      assertThat(Jiffies.usecs_to_jiffies(1_431_649_099)).isEqualTo(Jiffies.MAX_JIFFY_OFFSET);
      assertThat(Jiffies.jiffies_to_msecs(1)).isEqualTo(4);
      assertThat(Jiffies.jiffies_to_msecs(2)).isEqualTo(7);
      assertThat(Jiffies.jiffies_to_msecs(1L << 59)).isEqualTo((int) (((10L << 59) + 2) / 3));
      assertThat(Jiffies.jiffies_to_usecs(2)).isEqualTo(6_666);
      assertThat(Jiffies.jiffies_to_clock_t(300)).isEqualTo(99);
      assertThat(Jiffies.clock_t_to_jiffies(1)).isEqualTo(3);
    }
  }

  /** The multiplication that Linux does at HZ 300 instead of a division gives the same. */
  @Test
  void msecs_and_usecs_to_jiffies_atHz300_areLinuxsMultiplications() {
    try (TestKernel kernel = TestKernel.boot(platform, "hz=300")) {
      for (int i = 0; i < 1_431_649_098; i += 1 + i / 100) {
        assertThat(Jiffies.msecs_to_jiffies(i))
            .as("msecs %d", i)
            .isEqualTo((0x9999_999aL * i + 0x1_cccc_ccccL) >>> 33);
        assertThat(Jiffies.usecs_to_jiffies(i))
            .as("usecs %d", i)
            .isEqualTo((0x9d49_5183L * i + 0x7ff_cb92_3a29L) >>> 43);
      }
    }
  }

  /** At HZ 300 a jiffy is a third of a nanosecond short, so that a second has more than 300. */
  @ParameterizedTest
  @CsvSource({
    "100, 0, 10000000, 1",
    "100, 0, 10000001, 2",
    "100, 60, 0, 6000",
    "300, 0, 3333333, 1",
    "300, 0, 3333334, 2",
    "300, 1, 0, 301",
    "300, 3600, 0, 1080001",
    "1000, 0, 1, 1",
    "1000, 86400, 1, 86400001",
    "1000, -1, 0, 2199023255000"
  })
  void timespec64_to_jiffies_atOtherHz_roundsUp(int hz, long sec, long nsec, long jiffies) {
    try (TestKernel kernel = TestKernel.boot(platform, "hz=" + hz)) {
      assertThat(Jiffies.timespec64_to_jiffies(new Timespec64(sec, nsec))).isEqualTo(jiffies);
    }
  }

  @ParameterizedTest
  @CsvSource({"100, 1, 0, 10000000", "300, 300, 0, 999999900", "1000, 1001, 1, 1000000"})
  void jiffies_to_timespec64_atOtherHz_multipliesByTheTick(
      int hz, long jiffies, long sec, long nsec) {
    try (TestKernel kernel = TestKernel.boot(platform, "hz=" + hz)) {
      Timespec64 value = new Timespec64();
      Jiffies.jiffies_to_timespec64(jiffies, value);
      assertThat(value.tv_sec).isEqualTo(sec);
      assertThat(value.tv_nsec).isEqualTo(nsec);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {100, 250, 300, 1000})
  void clock_t_to_jiffies_nearOverflow_givesTheLargest(int hz) {
    try (TestKernel kernel = TestKernel.boot(platform, "hz=" + hz)) {
      assertThat(Jiffies.clock_t_to_jiffies(100)).isEqualTo(hz);
      assertThat(Jiffies.clock_t_to_jiffies(Long.MAX_VALUE / 100_000 * 100))
          .isEqualTo(Long.MAX_VALUE / 100_000 * hz);
      assertThat(Jiffies.clock_t_to_jiffies(-1)).isEqualTo(-1);
      assertThat(Jiffies.jiffies_64_to_clock_t(Jiffies.jiffies_to_clock_t(0))).isZero();
      assertThat(Jiffies.nsec_to_clock_t(1_234_567_890)).isEqualTo(123);
      assertThat(Jiffies.jiffies_delta_to_clock_t(-7)).isZero();
    }
  }

  @Test
  void round_jiffies_ofWhatIsNotToCome_leavesItAlone() {
    try (TestKernel kernel = TestKernel.boot(platform)) {
      kernel.virtualTimeOnly("begins at a given jiffy");
      kernel.sim().advance(Duration.ofMillis(4 * 60)); // jiffies % HZ: 106
      long now = Jiffies.jiffies();
      assertThat(now % 250).isEqualTo(106);
      assertThat(Timers.round_jiffies(now + 144 + 62)).isEqualTo(now + 144 + 250);
      assertThat(Timers.round_jiffies(now + 144 + 61)).isEqualTo(now + 144);
      assertThat(Timers.round_jiffies(now - 106)).as("past").isEqualTo(now - 106);
      assertThat(Timers.round_jiffies(now - 106 + 10)).as("would be past").isEqualTo(now - 96);
      assertThat(Timers.round_jiffies_up(now - 106)).isEqualTo(now + 144);
      assertThat(Timers.round_jiffies_relative(1)).isEqualTo(144);
      assertThat(Timers.round_jiffies_up_relative(145)).isEqualTo(144 + 250);
      assertThat(Timers.__round_jiffies_relative(1, 2)).isEqualTo(144 - 6);
      assertThat(Timers.__round_jiffies_up_relative(140, 2)).isEqualTo(144 - 6 + 250);
    }
  }

  @Test
  void time_after_atADistanceOf2To63_isTrueBothWays() {
    long far = Long.MIN_VALUE;
    assertThat(Jiffies.time_after(0, far)).isTrue();
    assertThat(Jiffies.time_before(0, far)).isTrue();
    assertThat(Jiffies.time_after_eq(0, far)).isFalse();
    assertThat(Jiffies.time_after(2, 1)).isTrue();
    assertThat(Jiffies.time_after(1, 1)).isFalse();
    assertThat(Jiffies.time_before_eq(1, 1)).isTrue();
  }

  @Test
  void time_after32_goesByTheLow32Bits() {
    assertThat(Jiffies.time_after32(1, 0xffff_ffffL)).isTrue();
    assertThat(Jiffies.time_after32(0x7_0000_0001L, 0x8_ffff_ffffL)).isTrue();
    assertThat(Jiffies.time_before32(0xffff_ffffL, 1)).isTrue();
    assertThat(Jiffies.time_between32(1, 0xffff_fff0L, 5)).isTrue();
    assertThat(Jiffies.time_between32(6, 0xffff_fff0L, 5)).isFalse();
    assertThat(Jiffies.time_after64(1, 0xffff_ffffL)).isFalse();
  }

  @Test
  void time_is_before_jiffies_comparesWithNow() {
    try (TestKernel kernel = TestKernel.boot(platform)) {
      long now = Jiffies.jiffies();
      long later = now + TestKernel.FAR;
      assertThat(Jiffies.time_is_before_jiffies(now - 1)).isTrue();
      assertThat(Jiffies.time_is_before_jiffies(later)).isFalse();
      assertThat(Jiffies.time_is_before_eq_jiffies(now)).isTrue();
      assertThat(Jiffies.time_is_before_eq_jiffies(later)).isFalse();
      assertThat(Jiffies.time_is_after_jiffies(later)).isTrue();
      assertThat(Jiffies.time_is_after_jiffies(now)).isFalse();
      assertThat(Jiffies.time_is_after_eq_jiffies(later)).isTrue();
      assertThat(Jiffies.time_is_after_eq_jiffies(now - 1)).isFalse();
      assertThat(Jiffies.get_jiffies_64()).isGreaterThanOrEqualTo(now);
      assertThat(Jiffies.jiffies_64()).isGreaterThanOrEqualTo(now);
    }
  }

  @Test
  void time_is_before_jiffies_ofThisVeryJiffy_isFalse() {
    try (TestKernel kernel = TestKernel.boot(platform)) {
      kernel.virtualTimeOnly("there the jiffy may be over");
      long now = Jiffies.jiffies();
      assertThat(Jiffies.time_is_before_jiffies(now)).isFalse();
      assertThat(Jiffies.time_is_after_jiffies(now + 1)).isTrue();
      assertThat(Jiffies.time_is_after_eq_jiffies(now)).isTrue();
      assertThat(Jiffies.get_jiffies_64()).isEqualTo(now).isEqualTo(Jiffies.jiffies_64());
    }
  }

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = JiffiesTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
