package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.io.TempDir;

/** What a module leaves behind: kernel threads and files; and how its init may sleep wrongly. */
class ForgottenTaskTest {
  private static final String HEAD =
      """
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Mutexes.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.ProcFs.*;
      import static jiffy.linux.Spinlocks.*;
      import static jiffy.linux.Timers.*;
      import static jiffy.linux.Jiffies.*;
      import static jiffy.linux.Wait.*;
      import jiffy.types.*;
      @jiffy.linux.ModuleInfo(license = "GPL")
      public final class Mod extends jiffy.linux.KernelModule {
        static final WaitQueueHead wq = DECLARE_WAIT_QUEUE_HEAD();
        static final SpinlockT lock = DEFINE_SPINLOCK();
        static final TimerList timer = new TimerList();
        static final ProcOps ops = new ProcOps();
      """;

  @TempDir private Path directory;

  private Path module(String body) {
    return ModuleJar.of(HEAD + body + "}").writeTo(directory.resolve("mod.jar"));
  }

  private static List<String> log(Machine machine) {
    return GoldenLog.texts(machine.dmesg());
  }

  @KernelTest(mayComplain = true)
  void rmmod_withAThreadLeft_namesStopsAndWaitsForIt(Machine machine) {
    machine.insmod(
        module(
            """
            static int work(Object data) {
              while (!kthread_should_stop()) msleep(10);
              printk("worker ends\\n");
              return 0;
            }
            { module_init(() -> { kthread_run(Mod::work, null, "worker"); msleep(50); return 0; });
              module_exit(() -> {}); }
            """));
    machine.rmmod("mod");
    assertThat(log(machine))
        .anyMatch(l -> l.matches("mod: rmmod: task was left behind: worker/\\d+, work \\[mod\\].*"))
        .containsSubsequence("worker ends", "mod: rmmod: 1 task taken back");
    assertThat(machine.tasks().running()).isEmpty();
  }

  @KernelTest(mayComplain = true)
  void rmmod_withAThreadThatWaitsForWhatWillNeverBe_endsItByASignal(Machine machine) {
    machine.insmod(
        module(
            """
            static int work(Object data) {
              return wait_event_killable(wq, () -> false);
            }
            { module_init(() -> { kthread_run(Mod::work, null, "waiter"); msleep(50); return 0; });
              module_exit(() -> {}); }
            """));
    machine.rmmod("mod");
    assertThat(machine.tasks().running()).isEmpty();
  }

  @KernelTest(mayComplain = true)
  void rmmod_withThreadsThatAreParkedOrWaitForTheirOwnMutex_endsThem(Machine machine) {
    machine.insmod(
        module(
            """
            static final Mutex mutex = DEFINE_MUTEX();
            static int park(Object data) {
              while (!kthread_should_stop()) { kthread_parkme(); msleep(1); }
              return 0;
            }
            static int lockTwice(Object data) {
              mutex_lock(mutex);
              mutex_lock(mutex);
              return 0;
            }
            { module_init(() -> {
                TaskStruct parked = kthread_run(Mod::park, null, "parked");
                if (kthread_park(parked) != 0) return -1;
                kthread_run(Mod::lockTwice, null, "twice");
                msleep(50);
                return 0;
              });
              module_exit(() -> {}); }
            """));
    machine.rmmod("mod");
    assertThat(machine.tasks().running()).isEmpty();
    assertThat(log(machine))
        .anyMatch(l -> l.matches("mutex_lock: twice/\\d+ waits for .*, which it holds itself: .*"))
        .anyMatch(l -> l.matches("WARNING: twice/\\d+ still has locks held!"))
        .contains("mod: rmmod: 2 tasks taken back");
  }

  @KernelTest(mayComplain = true)
  void init_thatReturnsWithAMutex_isReported(Machine machine) {
    machine.insmod(
        module(
            """
            static final Mutex mutex = DEFINE_MUTEX();
            { module_init(() -> { mutex_lock(mutex); return 0; });
              module_exit(() -> mutex_unlock(mutex)); }
            """));
    assertThat(log(machine)).contains("mod: init returned with locks held");
    machine.rmmod("mod");
    assertThat(log(machine))
        .anyMatch(
            l ->
                l.startsWith(
                        "DEBUG_LOCKS_WARN_ON(__owner_task(owner) != current): mutex_unlock of ")
                    && l.endsWith("held by a task that has ended: released all the same"))
        .noneMatch(l -> l.contains("exit returned"));
  }

  @KernelTest(mayComplain = true)
  void rmmod_withFilesLeft_namesThemAndTheyGo(Machine machine) {
    machine.insmod(
        module(
            """
            static int init() {
              ops.proc_read = (file, buf, count, pos) -> 0;
              ProcDirEntry dir = proc_mkdir("driver", null);
              proc_create("one", 0, dir, ops);
              if (proc_create("one", 0, dir, ops) != null) return -1;
              if (proc_create("modules", 0, null, ops) != null) return -1;
              remove_proc_entry("nosuch", null);
              return 0;
            }
            { module_init(Mod::init); module_exit(() -> {}); }
            """));
    assertThat(machine.proc().list()).contains("/proc/driver/one");
    machine.rmmod("mod");
    assertThat(machine.proc().list()).doesNotContain("/proc/driver/one");
    assertThat(log(machine))
        .contains(
            "proc_dir_entry '/proc/driver/one' already registered",
            "proc_dir_entry '/proc/modules' already registered",
            "name 'nosuch'",
            "------------[ cut here ]------------",
            "---[ end trace 0000000000000000 ]---")
        .anyMatch(l -> l.startsWith("mod: rmmod: proc file was left behind: /proc/driver/one"))
        .anyMatch(l -> l.equals("mod: rmmod: 2 proc files taken back"));
  }

  @KernelTest(mayComplain = true)
  void read_thatThrows_isAnOopsAndTheReaderGetsEfault(Machine machine) {
    machine.insmod(
        module(
            """
            static int init() {
              ops.proc_read = (file, buf, count, pos) -> {
                spin_lock(lock);
                throw new IllegalStateException("boom");
              };
              proc_create("bad", 0, null, ops);
              return 0;
            }
            { module_init(Mod::init); module_exit(() -> remove_proc_entry("bad", null)); }
            """));
    try (Attachment cat = machine.attach("cat");
        OpenFile file = machine.proc().open(cat.context(), "/proc/bad")) {
      assertThat(file.read(cat.context(), new byte[10], 10)).isEqualTo(-Errno.EFAULT);
      assertThat(cat.context().preemptCount()).isZero();
    }
    assertThat(log(machine)).anyMatch(l -> l.contains("boom"));
    machine.rmmod("mod");
  }

  @KernelTest(mayComplain = true)
  void halt_whileAFileIsReadForEver_ends(Machine machine, Simulation sim) {
    machine.insmod(
        module(
            """
            static int init() {
              ops.proc_read =
                  (file, buf, count, pos) -> wait_event_interruptible(wq, () -> false);
              proc_create("forever", 0, null, ops);
              return 0;
            }
            { module_init(Mod::init); module_exit(() -> remove_proc_entry("forever", null)); }
            """));
    Task reader =
        machine
            .tasks()
            .spawn(
                "cat",
                Owner.CORE,
                () -> {
                  Context self = (Context) jiffy.kernel.Current.get();
                  try (OpenFile file = machine.proc().open(self, "/proc/forever")) {
                    return (int) file.read(self, new byte[10], 10);
                  }
                });
    sim.advance(Duration.ofSeconds(10));
    assertThat(reader.isEnded()).isFalse();
    machine.close();
    assertThat(reader.isEnded()).isTrue();
    assertThat(reader.exitValue()).isEqualTo(-Errno.ERESTARTSYS);
    assertThat(log(machine)).noneMatch(l -> l.contains("has not returned"));
  }

  @KernelTest(mayComplain = true)
  void init_thatSleepsUnderASpinLock_isReportedAsOnLinux(Machine machine) {
    machine.insmod(
        module(
            """
            static int init() {
              spin_lock(lock);
              msleep(50);
              spin_unlock(lock);
              printk("survived\\n");
              return 0;
            }
            { module_init(Mod::init); module_exit(() -> {}); }
            """));
    assertThat(log(machine))
        .anyMatch(l -> l.matches("BUG: scheduling while atomic: \\w+/\\d+/0x00000002"))
        .contains("Modules linked in: mod(OE+)", "survived")
        .anyMatch(l -> l.matches(" +init \\(Mod.java:\\d+\\) \\[mod\\]"))
        .anyMatch(l -> l.contains("init returned with preemption imbalance"));
    assertThat(machine.modules().tainted() & 1 << 9).isNotZero();
    machine.rmmod("mod");
  }

  @KernelTest(mayComplain = true)
  void timer_thatSleeps_isReportedAsOnLinuxAndTheModuleCanGo(Machine machine, Simulation sim) {
    machine.insmod(
        module(
            """
            static void tfn(TimerList t) {
              msleep(20);
              printk("slept\\n");
            }
            static int init() {
              timer_setup(timer, Mod::tfn, 0);
              mod_timer(timer, jiffies() + 5);
              return 0;
            }
            { module_init(Mod::init); module_exit(() -> del_timer_sync(timer)); }
            """));
    sim.advance(Duration.ofSeconds(1));
    assertThat(log(machine))
        .anyMatch(l -> l.matches("BUG: scheduling while atomic: swapper/\\d/0/0x00000102"))
        .contains("Modules linked in: mod(OE)", "slept")
        .contains("timer: tfn [mod] preempt leak: 00000101 -> 00000000");
    machine.rmmod("mod");
  }
}
