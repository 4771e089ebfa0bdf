package jiffy.runtime.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SimArchTest {
  private static final long MS = 1_000_000;

  private final SimArch arch = new SimArch(0, 200 * MS);
  private final HwThread driver = arch.attach();
  private final List<String> happened = new ArrayList<>();

  @AfterEach
  void switchOff() {
    arch.close();
  }

  @Test
  void clock_whileTheDriverRuns_standsStill() {
    assertThat(arch.now()).isZero();
    arch.advance(driver, 5 * MS);
    assertThat(arch.now()).isEqualTo(5 * MS);
  }

  @Test
  void spawn_thatFails_leavesNobodyWhoIsWaitedFor() {
    SimArch closed = new SimArch(0, 200 * MS);
    closed.close();
    assertThatThrownBy(() -> closed.spawn("nobody", self -> {}))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(closed::attach).isInstanceOf(SimStalledException.class);
    assertThat(closed.isHalted()).isTrue();
  }

  @Test
  void threads_withDifferentDeadlines_runInTheirOrderAtJustThatTime() {
    sleeper("b", 20 * MS);
    sleeper("a", 10 * MS);
    sleeper("c", 30 * MS);

    arch.advance(driver, 25 * MS);

    assertThat(happened).containsExactly("a at 10", "b at 20");
    assertThat(arch.now()).isEqualTo(25 * MS);
  }

  @Test
  void threads_withEqualDeadlines_runInTheOrderOfTheirParking() {
    for (String name : List.of("x", "y", "z")) {
      sleeper(name, 10 * MS);
    }
    arch.advance(driver, 10 * MS);
    assertThat(happened).containsExactly("x at 10", "y at 10", "z at 10");
  }

  @Test
  void advance_ofADay_takesNoTimeAtAll() {
    long day = 86_400_000L * MS;
    arch.advance(driver, day);
    assertThat(arch.now()).isEqualTo(day);
  }

  @Test
  void busyLoop_withRelax_endsAtItsTime() {
    arch.spawn(
        "busy",
        self -> {
          while (arch.now() < 3 * MS) {
            arch.relax(self);
          }
          happened.add("busy done at " + arch.now() / MS);
        });
    sleeper("meanwhile", MS);

    arch.advance(driver, 10 * MS);

    assertThat(happened).containsExactly("meanwhile at 1", "busy done at 3");
  }

  @Test
  void busyLoop_thatOnlyReadsTheClock_endsToo() {
    arch.spawn(
        "busy",
        self -> {
          while (arch.now() < 3 * MS) {
            arch.clockRead(self);
          }
          happened.add("done");
        });

    arch.advance(driver, 10 * MS);

    assertThat(happened).containsExactly("done");
  }

  @Test
  void clockRead_ofAThreadThatDoesNotLoop_costsNothing() {
    for (int i = 0; i < 500; i++) {
      arch.clockRead(driver);
    }
    assertThat(arch.now()).isZero();
  }

  @Test
  void delay_ofOneThread_letsOthersRunMeanwhile() {
    sleeper("other", MS);
    arch.delay(driver, 2 * MS);
    assertThat(happened).containsExactly("other at 1");
    assertThat(arch.now()).isEqualTo(2 * MS);
  }

  @Test
  void unpark_beforePark_letsParkReturnAtOnce() {
    arch.unpark(driver);
    arch.park(driver, Arch.NEVER);
    assertThat(arch.now()).isZero();
  }

  @Test
  void park_unparkedByAnother_returnsBeforeItsDeadline() {
    arch.spawn("waker", self -> arch.unpark(driver));
    arch.park(driver, 100 * MS);
    assertThat(arch.now()).isZero();
  }

  @Test
  void park_whenNobodyCanEverRunAgain_saysSo() {
    arch.spawn("sleeping-beauty", self -> arch.park(self, Arch.NEVER));
    assertThatThrownBy(() -> arch.park(driver, Arch.NEVER))
        .isInstanceOf(SimStalledException.class)
        .hasMessageContaining("nothing can ever run again")
        .hasMessageContaining("sleeping-beauty");
  }

  @Test
  void guard_whenAThreadDoesNotComeBack_namesIt() {
    CountDownLatch never = new CountDownLatch(1);
    arch.spawn("hog", self -> await(never));
    assertThatThrownBy(() -> arch.advance(driver, MS))
        .isInstanceOf(SimStalledException.class)
        .hasMessageContaining("'hog'")
        .hasMessageContaining("SimArchTest");
    never.countDown();
  }

  @Test
  void world_withoutDriver_isFrozen() {
    sleeper("later", MS);
    arch.detach(driver);
    assertThat(arch.now()).isZero();
    HwThread again = arch.attach();
    assertThat(happened).isEmpty();
    arch.advance(again, MS);
    assertThat(happened).containsExactly("later at 1");
  }

  private void sleeper(String name, long until) {
    arch.spawn(
        name,
        self -> {
          while (arch.now() < until) {
            arch.park(self, until);
          }
          happened.add(name + " at " + arch.now() / MS);
        });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
