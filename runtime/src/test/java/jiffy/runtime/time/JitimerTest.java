package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A timer that adds a delay to its expiry and arms itself again, from the jiffies on at which jit
 * did that on a real Linux: each table of /proc/jitimer in truth/09_jit.txt but those under load.
 * That begins at a given jiffy and is exact to the jiffy: on virtual time only; {@link
 * TimerOrderTest} has what holds of such a timer on the host.
 */
class JitimerTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=1");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("cat");

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

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

  /** The reader's CPU has run its timers in that jiffy already; with tdelay=-5 that shows. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("tables")
  void timer_addingADelayToItsExpiry_runsAtTheRecordedJiffies(Table table) {
    long start = table.times.get(0);
    TimerList tick = new TimerList();
    timer_setup(tick, t -> {}, 0);
    sim.advanceToJiffies(start - 2);
    mod_timer(tick, start - 1); // runs in the jiffy after
    sim.advanceToJiffies(start);
    assertThat(timer_pending(tick)).isFalse();
    List<Long> times = timesFrom(table);
    assertThat(times).as("never runs inside add_timer").hasSize(1);
    sim.runUntil(() -> times.size() == table.times.size());
    assertThat(times).isEqualTo(table.times);
  }

  /**
   * Where the deltas of 0 come from that FACTS tells of. What has expired goes to the first bucket
   * that has not been run, of this jiffy still; it is run with the next tick, and that tick's own
   * bucket after it.
   */
  @Test
  void timer_withAnExpiryInThePast_onACpuThatHasNotRunThisJiffy_runsTwiceInTheNext() {
    long j = jiffies();
    assertTimes(-5, 0, j, j + 1, j + 1, j + 2, j + 3, j + 4);
  }

  /** Where the deltas above 1 come from. */
  @ParameterizedTest
  @ValueSource(ints = {0, -5})
  void timer_withAnExpiryInThePast_whoseTickIsLate_runsTwiceInItsJiffy(int delay) {
    long j = jiffies();
    assertTimes(delay, 3, j, j + 3, j + 3, j + 4, j + 5, j + 6);
  }

  /** Softirqs are held off for so many jiffies from the first time on. */
  private void assertTimes(int delay, long heldOff, Long... expected) {
    local_bh_disable();
    List<Long> times = timesFrom(new Table(delay, List.of(expected)));
    sim.advanceToJiffies(expected[0] + heldOff);
    local_bh_enable();
    sim.advanceToJiffies(expected[0] + 20);
    assertThat(times).containsExactly(expected);
  }

  /** Arms the timer. @return the jiffies at which that was, and at which it will have run */
  private static List<Long> timesFrom(Table table) {
    List<Long> times = new ArrayList<>(List.of(jiffies()));
    TimerList timer = new TimerList();
    timer_setup(timer, t -> run(t, table, times), 0);
    timer.expires = jiffies() + table.delay;
    add_timer(timer);
    return times;
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
