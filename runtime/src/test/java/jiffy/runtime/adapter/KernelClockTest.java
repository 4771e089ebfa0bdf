package jiffy.runtime.adapter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The machine's clock and ticker, as others read them. */
@OnBothPlatforms
class KernelClockTest {
  private static final Instant SWITCH_ON = Instant.parse("2026-01-01T00:00:00Z");
  private static final ZoneId TOKYO = ZoneId.of("Asia/Tokyo");

  private final TestKernel kernel;
  private final Machine machine;
  private final Clock clock;

  KernelClockTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    clock = machine.clock();
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @Test
  void instant_showsVirtualTimeToTheNanosecond_andItsSteps() {
    kernel.virtualTimeOnly("exact times");
    InstantSource source = clock;
    assertThat(source.instant()).isEqualTo(SWITCH_ON);
    kernel.sim().advance(Duration.ofNanos(1_234_567));
    assertThat(source.instant()).isEqualTo(SWITCH_ON.plusNanos(1_234_567));
    assertThat(source.millis()).isEqualTo(SWITCH_ON.toEpochMilli() + 1);
    kernel.sim().stepWallClock(Duration.ofDays(-365 * 60));
    assertThat(source.instant())
        .isEqualTo(SWITCH_ON.plusNanos(1_234_567).minus(Duration.ofDays(365 * 60)));
    assertThat(source.millis()).isEqualTo(source.instant().toEpochMilli()).isNegative();
    assertThat(machine.ticker().read()).isEqualTo(1_234_567);
  }

  @Test
  void loopUntilAnInstant_ends() {
    Instant end = clock.instant().plusMillis(3);
    long since = machine.ticker().read();
    while (clock.instant().isBefore(end)) {
      Thread.onSpinWait();
    }
    assertThat(clock.instant()).isAfterOrEqualTo(end);
    assertThat(machine.ticker().read() - since).isPositive();
  }

  @Test
  void loopUntilATick_ends() {
    long end = machine.ticker().read() + 3_000_000;
    while (machine.ticker().read() < end) {
      Thread.onSpinWait();
    }
    assertThat(machine.ticker().read()).isGreaterThanOrEqualTo(end);
  }

  @Test
  void instant_readByAThreadThatIsNoTask_isTheSame() throws Exception {
    FutureTask<Instant> read = new FutureTask<>(clock::instant);
    Thread other = new Thread(read);
    Instant before = clock.instant();
    other.start();
    assertThat(get(read)).isAfterOrEqualTo(before);
    kernel.virtualTimeOnly("on the host time has gone on");
    assertThat(get(read)).isEqualTo(before);
  }

  private static Instant get(FutureTask<Instant> read) throws InterruptedException {
    try {
      return read.get();
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void withZone_isAnotherClockOfTheSameMachine() {
    Clock tokyo = clock.withZone(TOKYO);
    assertThat(clock.getZone()).isEqualTo(ZoneOffset.UTC);
    assertThat(tokyo.getZone()).isEqualTo(TOKYO);
    assertThat(tokyo).isNotEqualTo(clock).isEqualTo(clock.withZone(TOKYO));
    assertThat(tokyo.hashCode()).isEqualTo(clock.withZone(TOKYO).hashCode());
    assertThat(tokyo.withZone(ZoneOffset.UTC)).isEqualTo(clock);
    assertThat(clock).hasToString("KernelClock[Z]");
    try (Machine another = Machine.simulate("")) {
      assertThat(another.clock()).isNotEqualTo(clock);
    }
  }
}
