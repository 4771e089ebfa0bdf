package jiffy.testkit;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Preempt.in_task;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Smp.num_online_cpus;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** How a {@link KernelTest} ends, seen from outside. */
class KernelTestTest {
  private static final Map<String, String> IMPATIENT = Map.of("jiffy.patience", "1");

  /** Run by the tests below only: its name is none that a build looks for. */
  static final class Plain {
    @KernelTest(hz = 100, cpus = 3)
    void body(TestMachine kernel) {
      assertThat(in_task()).isTrue();
      assertThat(current().comm).isEqualTo("test");
      assertThat(HZ()).isEqualTo(100);
      assertThat(num_online_cpus()).isEqualTo(3);
      long before = jiffies();
      kernel.advance(Duration.ofHours(1));
      assertThat(jiffies() - before).isEqualTo(360_000);
    }

    @KernelTest
    void fails(TestMachine kernel) {
      throw new AssertionError("on purpose");
    }

    @KernelTest
    void leavesATimer(TestMachine kernel) {
      TimerList timer = new TimerList();
      timer_setup(timer, t -> {}, 0);
      mod_timer(timer, jiffies() + 100);
    }

    @KernelTest(mayLeave = true)
    void leavesATimerAndSaysSo(TestMachine kernel) {
      leavesATimer(kernel);
    }

    @KernelTest
    void leavesAThread(TestMachine kernel) {
      kthread_run(
          data -> {
            msleep(1_000_000);
            return 0;
          },
          null,
          "forgotten");
    }

    @KernelTest
    void leavesATask(TestMachine kernel) {
      kernel.start("endless", () -> waitForEver());
    }

    private static int waitForEver() {
      msleep(1_000_000_000);
      return 0;
    }

    @KernelTest
    void taskFails(TestMachine kernel) {
      boolean[] done = new boolean[1];
      kernel.start(
          "failing",
          () -> {
            throw new IllegalStateException("of the task");
          });
      kernel.runUntil(() -> done[0]);
    }

    @KernelTest(schedules = 10)
    void isNotForThisMachine(TestMachine kernel) {
      Assumptions.assumeTrue(false, "not here");
    }

    @KernelTest
    void leavesAModule(TestMachine kernel) {
      kernel.insmod("idle", idle());
    }

    @KernelTest
    void unloadsItsModule(TestMachine kernel) {
      kernel.insmod("idle", idle());
      kernel.rmmod("idle");
    }

    @KernelTest
    void misusesALock(TestMachine kernel) {
      spin_unlock(new SpinlockT());
    }

    @KernelTest(mayComplain = true)
    void misusesALockAndSaysSo(TestMachine kernel) {
      misusesALock(kernel);
    }

    @KernelTest
    void blocks(TestMachine kernel) throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @KernelTest
    void blocksInATask(TestMachine kernel) {
      kernel.start(
          "waiter",
          () -> {
            new CountDownLatch(1).await();
            return 0;
          });
      kernel.advance(Duration.ofSeconds(1));
    }

    @KernelTest
    void waitsForTheSystemsClock(TestMachine kernel) {
      long end = System.currentTimeMillis() + 3_600_000;
      while (System.currentTimeMillis() < end) {
        Thread.onSpinWait();
      }
    }

    @KernelTest
    void neverIdle(TestMachine kernel) {
      TimerList timer = new TimerList();
      timer_setup(timer, t -> mod_timer(t, jiffies() + 1_000_000), 0);
      mod_timer(timer, jiffies() + 1);
      kernel.runUntilIdle();
    }

    private static ModuleJar idle() {
      return ModuleJar.of(
          """
          @jiffy.linux.ModuleInfo(license = "GPL")
          public final class Idle extends jiffy.linux.KernelModule {
            { module_init(() -> 0); module_exit(() -> {}); }
          }
          """);
    }
  }

  /** What happens around the body. */
  static final class Surrounded {
    static final AtomicInteger INSTANCES = new AtomicInteger();
    static final AtomicInteger ENDS = new AtomicInteger();
    @TempDir private Path directory;
    private int prepared;

    Surrounded() {
      INSTANCES.incrementAndGet();
    }

    @BeforeEach
    void prepare(TestMachine kernel) {
      prepared++;
      printk("before, %s\n", current().comm);
    }

    @AfterEach
    void end(TestMachine kernel) {
      ENDS.incrementAndGet();
      assertThat(kernel.dmesg()).hasTextsInOrder("before, test", "body");
    }

    @KernelTest
    void body(TestMachine kernel) {
      assertThat(prepared).isEqualTo(1);
      assertThat(directory).isDirectory();
      printk("body\n");
    }

    @KernelTest(schedules = 20)
    void manyTimes(TestMachine kernel) {
      body(kernel);
    }
  }

  private static Throwable thrown(String method) {
    return Launched.failureOf(Plain.class, method, IMPATIENT).orElseThrow();
  }

  private static void assertPasses(Class<?> type, String method) {
    assertThat(Launched.failureOf(type, method)).isEmpty();
  }

  @Test
  void body_isATaskOfTheMachineThatTheAnnotationDescribes() {
    assertPasses(Plain.class, "body");
  }

  @Test
  void body_thatThrows_failsWithJustThat() {
    assertThat(thrown("fails")).isExactlyInstanceOf(AssertionError.class).hasMessage("on purpose");
  }

  @Test
  void whatIsLeft_isNamedWithWhereItWasSetUp() {
    assertThat(thrown("leavesATimer"))
        .hasMessageContaining("timer: leavesATimer.lambda set up at leavesATimer (KernelTestTest");
    assertThat(thrown("leavesAThread")).hasMessageContaining("forgotten/");
    assertThat(thrown("leavesATask")).hasMessageContaining("task endless/");
    assertThat(thrown("leavesAModule")).hasMessageContaining("module idle is still loaded");
    assertPasses(Plain.class, "leavesATimerAndSaysSo");
    assertPasses(Plain.class, "unloadsItsModule");
  }

  @Test
  void complaintsOfTheKernel_failTheTestUnlessExpected() {
    assertThat(thrown("misusesALock")).hasMessageContaining("BUG: spinlock already unlocked");
    assertPasses(Plain.class, "misusesALockAndSaysSo");
  }

  @Test
  void bodyThatBlocksOutsideTheKernel_isNamedWithItsStack() {
    assertThat(thrown("blocks"))
        .isInstanceOf(StalledTestError.class)
        .hasMessageContaining("'test' has not called the kernel")
        .hasMessageContaining("waits outside the kernel")
        .hasMessageContaining("KernelTestTest$Plain.blocks");
  }

  @Test
  void taskThatBlocksOutsideTheKernel_isNamedWithItsStack() {
    assertThat(thrown("blocksInATask"))
        .hasMessageContaining("'waiter'")
        .hasMessageContaining("blocksInATask");
  }

  @Test
  void bodyThatWaitsForTheSystemsClock_isToldWhichCallThatIs() {
    assertThat(thrown("waitsForTheSystemsClock"))
        .hasMessageContaining(
            "reads the system's clock (System.currentTimeMillis at KernelTestTest");
  }

  @Test
  void taskThatThrows_failsItsTestWithThat() {
    assertThat(thrown("taskFails"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("of the task");
  }

  @Test
  void assumption_underManySchedules_abortsTheTest() {
    assertThat(thrown("isNotForThisMachine"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("not here");
  }

  @Test
  void runUntilIdle_withAPeriodicTimer_saysThatItNeverIs() {
    assertThat(thrown("neverIdle")).hasMessageContaining("never idle");
  }

  @Test
  void lifeCycleMethods_runAroundTheBodyOnItsMachine() {
    assertPasses(Surrounded.class, "body");
  }

  @Test
  void underManySchedules_eachHasAnInstanceOfItsOwn() {
    Surrounded.INSTANCES.set(0);
    Surrounded.ENDS.set(0);
    assertPasses(Surrounded.class, "manyTimes");
    assertThat(Surrounded.ENDS).hasValue(20);
    assertThat(Surrounded.INSTANCES).hasValue(21); // and JUnit's own
  }

  @Test
  void replay_thatIsNoSchedule_saysWhatOneLooksLike() {
    assertThat(Launched.failureOf(Surrounded.class, "manyTimes", Map.of("jiffy.replay", "12")))
        .get()
        .extracting(Throwable::getMessage)
        .asString()
        .contains("\"12\" is no schedule", "CHOICE:OPTION");
  }
}
