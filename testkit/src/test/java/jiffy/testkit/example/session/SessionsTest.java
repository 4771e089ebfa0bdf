package jiffy.testkit.example.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.KernelTest;
import org.junit.jupiter.api.BeforeEach;

/** Half hours, and what becomes of them when somebody sets the clock. */
class SessionsTest {
  private Simulation time;
  private Machine machine;
  private Sessions sessions;

  @BeforeEach
  void setUp(Machine machine, Simulation time) {
    this.machine = machine;
    this.time = time;
    this.sessions = new Sessions(machine.clock());
    sessions.logIn("ann");
  }

  @KernelTest
  void session_endsHalfAnHourAfterTheLastSignOfLife() {
    time.advance(Duration.ofMinutes(29));
    assertThat(sessions.touch("ann")).isTrue();
    time.advance(Duration.ofMinutes(30).minusNanos(1));
    assertThat(sessions.touch("ann")).isTrue();
    time.advance(Duration.ofMinutes(30));
    assertThat(sessions.touch("ann")).isFalse();
  }

  @KernelTest
  void asking_isLimited() {
    assertThat(granted(12)).isEqualTo(10);
    time.advance(Duration.ofSeconds(18));
    assertThat(granted(12)).isEqualTo(3);
    time.advance(Duration.ofMinutes(20));
    assertThat(granted(12)).isEqualTo(10);
  }

  private int granted(int times) {
    int granted = 0;
    for (int i = 0; i < times; i++) {
      granted += sessions.mayAsk("ann") ? 1 : 0;
    }
    return granted;
  }

  @KernelTest
  void steppedWallClock_endsSessions() {
    Instant before = machine.clock().instant();
    time.stepWallClock(Duration.ofHours(1));
    assertThat(machine.clock().instant()).isEqualTo(before.plus(Duration.ofHours(1)));
    assertThat(sessions.touch("ann")).isFalse();
  }

  @KernelTest
  void busyLoopOnTheClock_ends() {
    Instant end = machine.clock().instant().plusMillis(5);
    while (machine.clock().instant().isBefore(end)) {
      Thread.onSpinWait();
    }
    assertThat(time.now()).isGreaterThanOrEqualTo(Duration.ofMillis(5));
  }
}
