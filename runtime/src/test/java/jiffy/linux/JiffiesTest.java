package jiffy.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** vectors/kernel/jiffies.tsv and truth/semprobe_conv.dmesg, for the conversions that are there. */
class JiffiesTest {
  /**
   * The computed table takes no account of the limit that the recorded kernel has (semprobe_conv:
   * at HZ 250 usecs_to_jiffies(4294967295) is MAX_JIFFY_OFFSET); what was recorded is right.
   */
  private static final String OVERRULED = "usecs_to_jiffies\t4294967295\t";

  @ParameterizedTest
  @ValueSource(ints = {100, 250, 1000})
  void conversions_ofEachVector_giveItsResult(int hz) throws IOException {
    int checked = 0;
    try (Machine machine = Machine.simulate("hz=" + hz);
        Attachment test = machine.attach("test")) {
      for (String line : lines("/vectors/jiffies.tsv")) {
        String[] f = line.split("\t");
        if (f[0].equals(Integer.toString(hz)) && !line.contains(OVERRULED)) {
          long input = f[2].equals("-") ? 0 : Long.parseLong(f[2]);
          long expected = Long.parseLong(f[3]);
          switch (f[1]) {
            case "msecs_to_jiffies" ->
                assertThat(Jiffies.msecs_to_jiffies((int) input)).as(line).isEqualTo(expected);
            case "usecs_to_jiffies" ->
                assertThat(Jiffies.usecs_to_jiffies((int) input)).as(line).isEqualTo(expected);
            case "nsecs_to_jiffies" ->
                assertThat(Jiffies.nsecs_to_jiffies(input)).as(line).isEqualTo(expected);
            case "jiffies_to_msecs" ->
                assertThat(Jiffies.jiffies_to_msecs(input) & 0xffff_ffffL)
                    .as(line)
                    .isEqualTo(expected & 0xffff_ffffL);
            case "jiffies_to_usecs" ->
                assertThat(Jiffies.jiffies_to_usecs(input) & 0xffff_ffffL)
                    .as(line)
                    .isEqualTo(expected & 0xffff_ffffL);
            case "INITIAL_JIFFIES" -> assertThat(Jiffies.jiffies()).as(line).isEqualTo(expected);
            default -> checked--;
          }
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(50);
  }

  /** By Linux's formulas for an HZ that does not divide 10^9, with kernel/time/timeconst.bc. */
  @Test
  void conversions_atHz300_goByReducedFractions() {
    try (Machine machine = Machine.simulate("hz=300");
        Attachment test = machine.attach("test")) {
      assertThat(Jiffies.nsecs_to_jiffies(100_000_000_000_000L)).isEqualTo(30_000_000);
      assertThat(Jiffies.usecs_to_jiffies(1_431_640_000)).isEqualTo(429_492);
      assertThat(Jiffies.usecs_to_jiffies(1_431_660_000)).isEqualTo(Jiffies.MAX_JIFFY_OFFSET);
      assertThat(Jiffies.jiffies_to_msecs(1L << 59)).isEqualTo((int) (((10L << 59) + 2) / 3));
    }
  }

  @Test
  void conversions_asRecorded() throws IOException {
    int checked = 0;
    try (Machine machine = Machine.simulate("hz=250");
        Attachment test = machine.attach("test")) {
      for (String line : lines("/truth/semprobe_conv.dmesg")) {
        int at = line.indexOf("conv.");
        int end = line.indexOf(" | ");
        String call = at < 0 || end < 0 ? "" : line.substring(at + 5, end);
        if (call.matches("(msecs|usecs)_to_jiffies\\(\\d+\\)")) {
          long input = Long.parseLong(call.substring(17, call.length() - 1));
          long result =
              call.startsWith("m")
                  ? Jiffies.msecs_to_jiffies((int) input)
                  : Jiffies.usecs_to_jiffies((int) input);
          assertThat(Long.toUnsignedString(result)).as(call).isEqualTo(line.substring(end + 3));
          checked++;
        }
      }
    }
    assertThat(checked).isGreaterThan(20);
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

  private static List<String> lines(String resource) throws IOException {
    try (InputStream in = JiffiesTest.class.getResourceAsStream(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .toList();
    }
  }
}
