package jiffy.runtime.time;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A timer that adds a delay to its expiry and arms itself again, from the jiffies on at which jit
 * did that on a real Linux: each table of /proc/jitimer in truth/09_jit.txt but those under load.
 */
class JitimerTest {
  private record Table(int delay, List<Long> times) {
    @Override
    public String toString() {
      return "tdelay=" + delay + " at " + times.get(0);
    }
  }

  static Stream<Table> tables() throws IOException {
    List<Table> tables = new ArrayList<>();
    int delay = 10;
    boolean wanted = false;
    for (String line : recorded()) {
      if (line.startsWith("$ insmod jit.ko")) {
        String last = line.substring(line.lastIndexOf(' ') + 1);
        boolean given = last.matches("tdelay=(0x)?-?\\d{1,9}");
        delay = given ? Integer.decode(last.substring(7)) : 10;
      } else if (line.startsWith("$")) {
        wanted = line.endsWith(" /proc/jitimer");
      } else if (wanted && line.startsWith("   time")) {
        tables.add(new Table(delay, new ArrayList<>()));
      } else if (wanted && line.matches("\\d+ .*")) {
        tables.get(tables.size() - 1).times.add(Long.parseLong(line.split(" ")[0]));
      }
    }
    assertThat(tables).hasSize(9);
    return tables.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void timer_addingADelayToItsExpiry_runsAtTheRecordedJiffies(Table table) {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=1");
        Attachment test = machine.attach("cat")) {
      machine.simulation().orElseThrow().advanceToJiffies(table.times.get(0));
      List<Long> times = new ArrayList<>(List.of(jiffies()));
      TimerList timer = new TimerList();
      timer_setup(timer, t -> run(t, table, times), 0);
      timer.expires = jiffies() + table.delay;
      add_timer(timer);
      assertThat(times).as("never runs inside add_timer").hasSize(1);
      machine.simulation().orElseThrow().runUntil(() -> times.size() == table.times.size());
      if (table.delay > 0) {
        assertThat(times).isEqualTo(table.times);
      } else {
        assertDeltasFrom0To2(times);
      }
    }
  }

  /**
   * Expires in the past: whether a run shares a jiffy with the one before depends on whether that
   * CPU had run this jiffy when the timer was armed. Linux was seen to do either.
   */
  private static void assertDeltasFrom0To2(List<Long> times) {
    assertThat(times.get(1)).isGreaterThan(times.get(0));
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i) - times.get(i - 1)).as("%s", times).isBetween(0L, 2L);
    }
  }

  private static void run(TimerList timer, Table table, List<Long> times) {
    times.add(jiffies());
    if (times.size() < table.times.size()) {
      timer.expires += table.delay;
      add_timer(timer);
    }
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in = JitimerTest.class.getResourceAsStream("/truth/09_jit.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }
}
