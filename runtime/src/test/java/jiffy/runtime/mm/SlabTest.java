package jiffy.runtime.mm;

import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.hrtimer_active;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Preempt.preempt_enable;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.Slab.GFP_ATOMIC;
import static jiffy.linux.Slab.GFP_KERNEL;
import static jiffy.linux.Slab.GFP_NOWAIT;
import static jiffy.linux.Slab.KMALLOC_MAX_SIZE;
import static jiffy.linux.Slab.ZERO_OR_NULL_PTR;
import static jiffy.linux.Slab.ZERO_SIZE_PTR;
import static jiffy.linux.Slab.__GFP_NOFAIL;
import static jiffy.linux.Slab.__GFP_NOWARN;
import static jiffy.linux.Slab.__get_free_page;
import static jiffy.linux.Slab.free_page;
import static jiffy.linux.Slab.kcalloc;
import static jiffy.linux.Slab.kfree;
import static jiffy.linux.Slab.kfree_sensitive;
import static jiffy.linux.Slab.kmalloc;
import static jiffy.linux.Slab.krealloc;
import static jiffy.linux.Slab.ksize;
import static jiffy.linux.Slab.kzalloc;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Hrtimer;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Memory as modules use it. */
@OnBothPlatforms
class SlabTest {
  private final Platform platform;
  private TestKernel kernel;
  private final AtomicInteger runs = new AtomicInteger();

  SlabTest(Platform platform) {
    this.platform = platform;
    kernel = TestKernel.boot(platform);
  }

  private void boot(String parameters) {
    halt();
    kernel = TestKernel.boot(platform, parameters);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private List<String> texts() {
    return kernel.machine.dmesg().stream()
        .map(line -> line.substring(line.indexOf(']') + 2))
        .skip(2)
        .toList();
  }

  /** A struct of each kind. */
  private static class Struct {
    final TimerList timer = TimerList.in(this);
    final TimerList[] several = {new TimerList(), new TimerList()};
    final Hrtimer hrtimer = new Hrtimer();
    final TaskletStruct tasklet = new TaskletStruct();
    TimerList pointer;
    int number;
  }

  /** Its parts are those of the struct it extends. */
  private static final class Larger extends Struct {
    final String name = "larger";
  }

  private TimerList armed(TimerList timer) {
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    mod_timer(timer, jiffies() + TestKernel.FAR);
    return timer;
  }

  @Test
  void kmalloc_ofAStruct_makesIt() {
    Struct struct = kmalloc(Struct::new, GFP_KERNEL);
    assertThat(struct.number).isZero();
    assertThat(kzalloc(Struct::new, GFP_ATOMIC)).isNotSameAs(struct);
    kfree(struct);
    kfree(null);
    assertThat(texts()).isEmpty();
  }

  /** truth/semprobe_sync.dmesg: {@code sync.kmalloc(0) | 10 ZERO_SIZE_PTR=1; kmalloc(1TB)=0}. */
  @Test
  void kmalloc_ofNothingAndOfTooMuch_asRecorded() {
    byte[] p = kmalloc(0, GFP_KERNEL);
    byte[] q = kmalloc(1L << 40, GFP_KERNEL | __GFP_NOWARN);
    printk("%px %px\n", p, q);
    assertThat(texts()).containsExactly("0000000000000010 0000000000000000");
    assertThat(ZERO_OR_NULL_PTR(p)).isTrue();
    assertThat(ZERO_OR_NULL_PTR(q)).isTrue();
    assertThat(p).isSameAs(ZERO_SIZE_PTR);
    kfree(p);
    kfree(q);
    assertThat(kmalloc(KMALLOC_MAX_SIZE, GFP_KERNEL)).hasSize(KMALLOC_MAX_SIZE);
    assertThat(kmalloc(KMALLOC_MAX_SIZE + 1L, GFP_KERNEL)).isNull();
    assertThat(kmalloc(-1, GFP_KERNEL)).isNull();
    assertThat(texts()).filteredOn(line -> line.contains("KMALLOC_MAX_SIZE")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 8",
    "8, 8",
    "9, 16",
    "64, 64",
    "65, 96",
    "96, 96",
    "97, 128",
    "100, 128",
    "129, 192",
    "193, 256",
    "8192, 8192",
    "8193, 16384",
    "20480, 32768"
  })
  void ksize_isTheCachesSize(int size, int room) {
    assertThat(ksize(kmalloc(size, GFP_KERNEL))).isEqualTo(room);
  }

  @Test
  void ksize_ofNothing_is0() {
    assertThat(ksize(null)).isZero();
    assertThat(ksize(kmalloc(0, GFP_KERNEL))).isZero();
  }

  @Test
  void krealloc_keepsWhatThereIsRoomFor() {
    byte[] p = krealloc(null, 3, GFP_KERNEL);
    p[2] = 7;
    assertThat(krealloc(p, 5, GFP_KERNEL)).containsExactly(0, 0, 7, 0, 0);
    assertThat(krealloc(p, 1, GFP_KERNEL)).containsExactly(0);
    assertThat(krealloc(p, 0, GFP_KERNEL)).isSameAs(ZERO_SIZE_PTR);
    assertThat(krealloc(p, KMALLOC_MAX_SIZE + 1, GFP_KERNEL | __GFP_NOWARN)).isNull();
    kfree_sensitive(p);
    assertThat(p).containsOnly(0);
  }

  @Test
  void kcalloc_makesArrays() {
    long[] counts = kcalloc(4, long[]::new, GFP_KERNEL);
    assertThat(counts).containsOnly(0).hasSize(4);
    assertThat(kcalloc(-1, long[]::new, GFP_KERNEL)).isNull();
  }

  @Test
  void page_isPrintedOn() {
    StringBuilder page = __get_free_page(GFP_KERNEL);
    assertThat(page).isEmpty();
    assertThat(page.capacity()).isEqualTo(4096);
    free_page(page);
    free_page(null);
  }

  @Test
  void gfpKernel_inATimer_isReportedAndDone() {
    TimerList timer = new TimerList();
    timer_setup(
        timer,
        t -> {
          runs.addAndGet(kmalloc(Struct::new, GFP_ATOMIC) == null ? 0 : 1);
          assertThat(texts()).isEmpty();
          runs.addAndGet(kmalloc(Struct::new, GFP_KERNEL) == null ? 0 : 2);
        },
        0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("it has both", () -> runs.get() == 3);
    assertThat(texts().get(0)).startsWith("BUG: sleeping function called from invalid context at ");
    assertThat(texts().get(1))
        .isEqualTo("in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 0, name: swapper/0");
    assertThat(texts().get(2)).isEqualTo("preempt_count: 101, expected: 0");
  }

  @Test
  void gfpKernel_withPreemptionDisabled_isReported_gfpNowaitIsNot() {
    preempt_disable();
    kmalloc(10, GFP_NOWAIT);
    kmalloc(10, GFP_ATOMIC);
    assertThat(texts()).isEmpty();
    kmalloc(10, GFP_KERNEL);
    preempt_enable();
    assertThat(texts()).anyMatch(line -> line.startsWith("BUG: sleeping function"));
  }

  @Test
  void failslab_failsAtomicOnes_eachNth_soOften() {
    boot("failslab=3,100,0,2");
    StringBuilder got = new StringBuilder();
    for (int i = 0; i < 10; i++) {
      assertThat(kmalloc(Struct::new, GFP_KERNEL)).as("may wait").isNotNull();
      assertThat(kmalloc(8, GFP_ATOMIC | __GFP_NOFAIL)).isNotNull();
      got.append(kmalloc(Struct::new, GFP_ATOMIC) == null ? '-' : '+');
    }
    assertThat(got.toString()).isEqualTo("++-++-++++");
    assertThat(texts())
        .containsSequence(
            "FAULT_INJECTION: forcing a failure.",
            "              name failslab, interval 3, probability 100, space 0, times 2");
  }

  @Test
  void failslab_sparesTheFirstBytes() {
    boot("failslab=1,100,250,-1");
    assertThat(kmalloc(100, GFP_ATOMIC)).isNotNull();
    assertThat(kmalloc(100, GFP_ATOMIC)).isNotNull();
    for (int i = 0; i < 50; i++) {
      assertThat(kmalloc(100, GFP_ATOMIC)).isNull();
    }
    assertThat(texts())
        .filteredOn(line -> line.startsWith("FAULT_INJECTION"))
        .as("ten reports in five seconds, which may pass on the host")
        .hasSizeBetween(10, kernel.isSim() ? 10 : 50);
  }

  @Test
  void failslab_withNowarn_failsWithoutAWord() {
    boot("nr_cpus=1 failslab=1,100,0,-1");
    assertThat(kmalloc(100, GFP_ATOMIC | __GFP_NOWARN)).isNull();
    assertThat(texts()).noneMatch(line -> line.startsWith("FAULT_INJECTION"));
    assertThat(kmalloc(100, GFP_ATOMIC)).isNull();
    assertThat(texts()).anyMatch(line -> line.startsWith("FAULT_INJECTION"));
  }

  @Test
  void failslab_ofAHundredthOrHalf_failsThatMany() {
    assertThat(failedOf10000("failslab=1,50,0,-1")).isBetween(4_700, 5_300);
    assertThat(failedOf10000("failslab=1,1,0,-1")).isBetween(50, 150);
    assertThat(failedOf10000("failslab=1,0,0,-1")).isZero();
    assertThat(failedOf10000("failslab=1,100,0,0")).isZero();
  }

  private int failedOf10000(String faults) {
    boot(faults);
    int failed = 0;
    for (int i = 0; i < 10_000; i++) {
      failed += kmalloc(8, GFP_ATOMIC) == null ? 1 : 0;
    }
    return failed;
  }

  @Test
  void kfree_ofAStructWithAnArmedTimer_isReportedAndTheTimerDeleted() {
    Struct struct = kmalloc(Struct::new, GFP_KERNEL);
    armed(struct.timer);
    kfree(struct);
    assertThat(timer_pending(struct.timer)).isFalse();
    kernel.settle(Duration.ofDays(1)); // beyond its expiry
    assertThat(runs).hasValue(0);
    assertThat(texts().get(0)).isEqualTo("------------[ cut here ]------------");
    assertThat(texts().get(1))
        .startsWith("ODEBUG: free active (active state 0) object type: timer_list hint: ")
        .contains("armed.lambda");
    assertThat(texts().get(2)).startsWith("WARNING: CPU: 0 PID: ");
  }

  @Test
  void kfree_looksAtWhatTheStructExtendsAndAtArrays() {
    Larger larger = kmalloc(Larger::new, GFP_KERNEL);
    armed(larger.several[1]);
    kfree(larger);
    assertThat(timer_pending(larger.several[1])).isFalse();
    assertThat(larger.name).isEqualTo("larger");
    TimerList itself = armed(kmalloc(TimerList::new, GFP_KERNEL));
    kfree(itself);
    assertThat(timer_pending(itself)).isFalse();
    TimerList[] array = {new TimerList(), armed(new TimerList())};
    kfree(array);
    assertThat(timer_pending(array[1])).isFalse();
    assertThat(texts()).filteredOn(line -> line.startsWith("ODEBUG")).hasSize(3);
  }

  /** Somebody else's timer in a final field. */
  private record Borrower(TimerList of) {}

  @Test
  void kfree_leavesAloneWhatIsNoPartOfTheStruct() {
    Struct struct = kmalloc(Struct::new, GFP_KERNEL);
    struct.pointer = armed(new TimerList());
    Struct owner = new Struct();
    armed(owner.timer);
    kfree(struct);
    kfree(new Borrower(owner.timer));
    kfree("a string");
    kfree(new byte[10]);
    assertThat(timer_pending(struct.pointer)).isTrue();
    assertThat(timer_pending(owner.timer)).isTrue();
    assertThat(texts()).isEmpty();
  }

  @Test
  void kfree_ofAStructWithAStartedHrtimer_isReportedAndItCancelled() {
    Struct struct = kmalloc(Struct::new, GFP_KERNEL);
    hrtimer_setup(struct.hrtimer, t -> HRTIMER_NORESTART, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    hrtimer_start(struct.hrtimer, Duration.ofHours(1).toNanos(), HRTIMER_MODE_REL);
    kfree(struct);
    assertThat(hrtimer_active(struct.hrtimer)).isFalse();
    assertThat(texts()).anyMatch(line -> line.contains("object type: hrtimer hint: "));
  }

  @Test
  void kfree_ofAStructWithAScheduledTasklet_isReportedAndItDoesNotRun() {
    Struct struct = kmalloc(Struct::new, GFP_KERNEL);
    tasklet_setup(struct.tasklet, t -> runs.incrementAndGet());
    preempt_disable();
    jiffy.linux.BottomHalf.local_bh_disable();
    tasklet_schedule(struct.tasklet);
    kfree(struct);
    jiffy.linux.BottomHalf.local_bh_enable();
    preempt_enable();
    kernel.settle();
    assertThat(runs).hasValue(0);
    assertThat(texts()).anyMatch(line -> line.contains("object type: tasklet_struct hint: "));
  }

  @Test
  void kfree_reportsFiveTimesAndGoesOnDeleting() {
    for (int i = 0; i < 8; i++) {
      Struct struct = new Struct();
      armed(struct.timer);
      kfree(struct);
      assertThat(timer_pending(struct.timer)).isFalse();
    }
    assertThat(texts()).filteredOn(line -> line.startsWith("ODEBUG")).hasSize(5);
  }

  @Test
  void kfree_inTheTimersOwnCallback_isNoFault() {
    Struct struct = new Struct();
    timer_setup(
        struct.timer,
        t -> {
          kfree(struct);
          runs.incrementAndGet();
        },
        0);
    mod_timer(struct.timer, jiffies() + 1);
    kernel.until("it has run", () -> runs.get() == 1);
    kernel.settle();
    assertThat(runs).hasValue(1);
    assertThat(texts()).isEmpty();
  }
}
