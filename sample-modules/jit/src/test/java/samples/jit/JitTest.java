package samples.jit;

import static jiffy.linux.Delay.udelay;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.ModuleKernel;
import jiffy.testkit.OnBothPlatforms;
import jiffy.testkit.Platform;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * jit beside what it did on a real Linux: truth/09_jit.txt. On the host all is the same but jiffies
 * and, in whose time a softirq ran, the name.
 */
@OnBothPlatforms
class JitTest {
  /** What a loop counts at a time: no divisor of a jiffy. */
  private static final long LOOP_MICROS = 70;

  /** The first two columns. */
  private static final String JIFFIES = "^\\d{10} +\\d+";

  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  JitTest(Platform platform) {
    kernel = ModuleKernel.bootUnattached(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(Jit.class).writeTo(directory.resolve("jit.jar"));
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  /** The reader's CPU has run its timers in that jiffy already; with tdelay=-5 that shows. */
  @ParameterizedTest
  @CsvSource({
    "tdelay=10, 4294904606, 0",
    "tdelay=10, 4294904672, 0",
    "tdelay=10, 4294904745, 1",
    "tdelay=100, 4294908384, 1",
    "tdelay=1, 4294908942, 0",
    "tdelay=0, 4294909005, 0",
    "tdelay=-5, 4294909069, 0",
    "tdelay=0x10, 4294909235, 1"
  })
  void jitimer_atTheRecordedJiffy_readsAsOnLinux(String word, long jiffy, int cpu) {
    try (Attachment cat = machine.attach("cat", cpu)) {
      machine.insmod(jar, word);
      if (kernel.isSim()) {
        runTimersIn(jiffy);
      }
      String text = read(cat.context(), "/proc/jitimer");
      assertThat(masked(text)).isEqualTo(recorded(jiffy));
      int tdelay = Integer.decode(word.substring("tdelay=".length()));
      assertThat(lastJiffy(text) - firstJiffy(text)).isGreaterThanOrEqualTo(5 * tdelay);
    }
  }

  private static long firstJiffy(String text) {
    return Long.parseLong(text.lines().skip(1).findFirst().orElseThrow().substring(0, 10));
  }

  private static long lastJiffy(String text) {
    return Long.parseLong(text.lines().skip(6).findFirst().orElseThrow().substring(0, 10));
  }

  private void runTimersIn(long jiffy) {
    TimerList tick = new TimerList();
    timer_setup(tick, t -> {}, 0);
    kernel.advanceToJiffies(jiffy - 2);
    mod_timer(tick, jiffy - 1); // runs in the jiffy after
    kernel.advanceToJiffies(jiffy);
    assertThat(timer_pending(tick)).isFalse();
  }

  /** {@code head -n 4}: reads once, shows four lines. The last of two values counts. */
  @Test
  void jitimer_ofWhichFourLinesAreShown_readsAsOnLinux() {
    try (Attachment head = machine.attach("head", 1)) {
      machine.insmod(jar, "tdelay=5", "tdelay=7");
      kernel.advanceToJiffies(4_294_909_521L);
      try (OpenFile file = machine.proc().open(head.context(), "/proc/jitimer")) {
        byte[] block = new byte[1024];
        int got = (int) file.read(head.context(), block, block.length);
        String text = new String(block, 0, got, StandardCharsets.UTF_8);
        assertThat(masked(text).subList(0, 4)).isEqualTo(recorded(4_294_909_521L));
      }
      machine.rmmod("jit");
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
    }
  }

  /**
   * All five runs in the jiffy of the reading, in the thread of softirqs that a task has raised.
   */
  @ParameterizedTest
  @CsvSource({"jitasklet, 4294904809, 0", "jitasklethi, 4294904818, 1"})
  void jitasklet_atTheRecordedJiffy_readsAsOnLinux(String file, long jiffy, int cpu) {
    try (Attachment cat = machine.attach("cat", cpu)) {
      machine.insmod(jar);
      kernel.advanceToJiffies(jiffy);
      List<String> got = masked(read(cat.context(), "/proc/" + file));
      assertThat(got).hasSize(7).isEqualTo(recorded(jiffy));
    }
  }

  @Test
  void jitworkdelay_atTheRecordedJiffy_readsAsOnLinux() {
    long jiffy = 4_294_904_840L;
    try (Attachment cat = machine.attach("cat", 1)) {
      machine.insmod(jar);
      kernel.advanceToJiffies(jiffy);
      List<String> got = masked(read(cat.context(), "/proc/jitworkdelay"));
      assertThat(anyKworker(got)).hasSize(7).isEqualTo(anyKworker(recorded(jiffy)));
    }
  }

  /** The recorded kworker took two jiffies to wake up; from then on it is the same. */
  @Test
  void jitwork_atTheRecordedJiffy_readsAsOnLinux() {
    long jiffy = 4_294_904_828L;
    try (Attachment cat = machine.attach("cat", 0)) {
      machine.insmod(jar);
      kernel.advanceToJiffies(jiffy);
      List<String> got = masked(read(cat.context(), "/proc/jitwork"));
      List<String> linux =
          recorded(jiffy).stream()
              .map(line -> line.replaceFirst("^4294904830    2", "4294904830    0"))
              .map(line -> line.replaceFirst("^4294904830", "4294904828"))
              .toList();
      assertThat(anyKworker(got)).hasSize(7).isEqualTo(anyKworker(linux));
    }
  }

  /** Which of a CPU's kworkers it was, and so its pid, depends on what has run before. */
  private static List<String> anyKworker(List<String> lines) {
    return lines.stream()
        .map(line -> line.replaceFirst(" +\\d+( +\\d +kworker/\\d):\\d+$", " N$1:N"))
        .toList();
  }

  /** Linux shows the loop that was interrupted; here a CPU's timers have a thread of their own. */
  @Test
  void jitimerAndJitasklet_withLoadOnBothCpus_areAsExactAsOnLinux() {
    long jiffy = 4_294_908_281L;
    try (Attachment cat = machine.attach("cat", 0)) {
      machine.insmod(jar);
      kernel.advanceToJiffies(jiffy - 75);
      AtomicBoolean stop = new AtomicBoolean();
      List<Task> loops = List.of(loop(0, stop), loop(1, stop));
      kernel.advanceToJiffies(jiffy);
      List<String> timer = masked(read(cat.context(), "/proc/jitimer"));
      assertThat(timer)
          .isEqualTo(
              masked(
                  recorded(jiffy).stream()
                      .map(line -> line.replaceFirst(" 763   0   bash$", "   0   0   swapper/0"))
                      .toList()));
      kernel.advanceToJiffies(jiffy + 54);
      assertThat(masked(read(cat.context(), "/proc/jitasklet"))).isEqualTo(recorded(jiffy + 54));
      assertThat(loops).noneMatch(Task::isEnded);
      stop.set(true);
      loops.forEach(task -> task.join(cat.context()));
    }
  }

  /**
   * Keeps a CPU busy, without cpu_relax(): two that relax on virtual time change places at each
   * microsecond of it, which takes some 20 of real time.
   */
  private Task loop(int cpu, AtomicBoolean stop) {
    return machine
        .tasks()
        .spawn(
            "bash",
            Owner.CORE,
            cpu,
            () -> {
              while (!stop.get()) {
                udelay(LOOP_MICROS);
              }
              return 0;
            });
  }

  /** Recorded: 0xffff0b15 0x00000000ffff0b15 1795265031.079511, then the coarse time below it. */
  @Test
  void currentime_atTheRecordedJiffy_readsInTheRecordedForm() {
    try (Attachment cat = machine.attach("cat", 0)) {
      machine.insmod(jar);
      kernel.advanceToJiffies(0xffff0b15L);
      kernel.pass(Duration.ofNanos(3_511_000));
      String exact =
          "0xffff0b15 0x00000000ffff0b15 (\\d{10})\\.\\d{3}511\n {30}\\1\\.\\d{3}000000\n";
      String form = "0x([0-9a-f]{8}) 0x0{8}\\1 \\d{10}\\.\\d{6}\n {30}\\d{10}\\.\\d{9}\n";
      assertThat(read(cat.context(), "/proc/currentime")).matches(kernel.isSim() ? exact : form);
    }
  }

  /** {@code dd bs=22 count=3}. */
  @ParameterizedTest
  @CsvSource({
    "jitbusy, 4294904908",
    "jitsched, 4294905670",
    "jitqueue, 4294906431",
    "jitschedto, 4294907215"
  })
  void jit_threeReads_takeTheRecordedJiffies(String file, long jiffy) {
    try (Attachment dd = machine.attach("dd", 0)) {
      machine.insmod(jar, kernel.isSim() ? "delay=250" : "delay=25");
      kernel.advanceToJiffies(jiffy);
      StringBuilder text = new StringBuilder();
      try (OpenFile open = machine.proc().open(dd.context(), "/proc/" + file)) {
        byte[] block = new byte[22];
        for (int i = 0; i < 3; i++) {
          int got = (int) open.read(dd.context(), block, block.length);
          text.append(new String(block, 0, got, StandardCharsets.UTF_8));
        }
      }
      List<String> lines = text.toString().lines().toList();
      if (kernel.isSim()) {
        assertThat(lines).isEqualTo(recorded(jiffy).subList(0, 3));
      } else {
        assertThat(lines).hasSize(3).allMatch(line -> waited(line) >= 25);
      }
    }
  }

  private static long waited(String line) {
    String[] fromTo = line.strip().split(" +", -1);
    return Long.parseLong(fromTo[1]) - Long.parseLong(fromTo[0]);
  }

  /** Seed 004: "the timer expires at just the right time, even if ... the CPU is busy". */
  @Test
  void jitimer_whileJitbusyIsReadOnTheSameCpu_isExact() {
    try (Attachment cat = machine.attach("cat", 1)) {
      machine.insmod(jar);
      Task busy =
          machine.tasks().spawn("cat", Owner.CORE, 1, () -> readOnce("/proc/jitbusy").length());
      kernel.advanceToJiffies(4_294_908_127L - 125);
      kernel.advanceToJiffies(4_294_908_127L);
      String text = read(cat.context(), "/proc/jitimer");
      List<Integer> deltas =
          text.lines().skip(2).map(l -> Integer.parseInt(l.substring(10, 15).strip())).toList();
      if (kernel.isSim()) {
        assertThat(deltas).containsExactly(11, 10, 10, 10, 10);
      } else { // only the first is from when it was armed; from then on it makes up for delays
        assertThat(deltas).hasSize(5).first().matches(delta -> delta > 10);
      }
      busy.join(cat.context());
      assertThat(busy.exitValue()).isEqualTo(22);
    }
  }

  private String readOnce(String path) {
    Context self = (Context) jiffy.kernel.Current.get();
    try (OpenFile file = machine.proc().open(self, path)) {
      byte[] page = new byte[4096];
      return new String(page, 0, (int) file.read(self, page, page.length), StandardCharsets.UTF_8);
    }
  }

  @Test
  void rmmod_whileAFileIsOpen_saysInUse() {
    try (Attachment cat = machine.attach("cat", 0)) {
      machine.insmod(jar);
      try (OpenFile open = machine.proc().open(cat.context(), "/proc/jitimer")) {
        assertThat(open.error()).isZero();
        assertThat(machine.modules().rmmod(cat.context(), "jit", false)).isEqualTo(-Errno.EAGAIN);
      }
      assertThat(machine.modules().rmmod(cat.context(), "jit", false)).isZero();
      assertThat(machine.proc().list()).noneMatch(path -> path.contains("jit"));
      assertThat(machine.proc().open(cat.context(), "/proc/jitimer").error())
          .isEqualTo(-Errno.ENOENT);
    }
  }

  @Test
  void jitimer_whoseReaderIsGone_endsWithErestartsys() {
    try (Attachment driver = machine.attach("driver", 0)) {
      machine.insmod(jar, "tdelay=100000");
      List<Long> ends = new ArrayList<>();
      Task reader =
          machine
              .tasks()
              .spawn(
                  "cat",
                  Owner.CORE,
                  0,
                  () -> {
                    Context self = (Context) jiffy.kernel.Current.get();
                    try (OpenFile file = machine.proc().open(self, "/proc/jitimer")) {
                      ends.add(file.read(self, new byte[4096], 4096));
                    }
                    return 0;
                  });
      kernel.until("he waits", () -> reader.struct.__state != TASK_RUNNING);
      machine.sched().signal(reader.struct, 9);
      reader.join(driver.context());
      assertThat(ends).containsExactly((long) -Errno.ERESTARTSYS);
      machine.rmmod("jit");
      assertThat(machine.dmesg())
          .as("as published, nobody deletes the timer of a reader who has gone")
          .anyMatch(line -> line.contains("timer was left behind: jit_timer_fn [jit]"));
    }
  }

  /** In the recorded order; the log is compared with the recorded one, line by line. */
  @Test
  void insmod_withBadValues_isRefusedAndLoggedAsOnLinux() {
    try (Attachment insmod = machine.attach("insmod", 0)) {
      for (String word : List.of("tdelay=abc", "tdelay=", "tdelay")) {
        assertThat(insmod(insmod, word)).as(word).isEqualTo(-Errno.EINVAL);
      }
      assertThat(insmod(insmod, "tdelay=99999999999")).isEqualTo(-Errno.ERANGE);
      assertThat(insmod(insmod, "tdelay=12abc")).isEqualTo(-Errno.EINVAL);
      assertThat(machine.modules().list()).isEmpty();
      assertThat(insmod(insmod, "bogus=1")).isZero();
      assertThat(machine.modules().list()).singleElement().matches(jit -> jit.refcount() == 0);
    }
    assertThat(machine.dmesg().stream().map(GoldenLog::text))
        .filteredOn(line -> line.contains("parameter"))
        .isEqualTo(
            recordedLines().stream()
                .filter(line -> line.contains("] jit: "))
                .map(GoldenLog::text)
                .toList());
  }

  private int insmod(Attachment as, String word) {
    return machine.modules().insmod(as.context(), jar, List.of(word));
  }

  /** {@code ls /sys/module/jit/parameters}. */
  @Test
  void parameters_whichHaveNoMode_haveNoDirectory() {
    try (Attachment ls = machine.attach("ls", 0)) {
      machine.insmod(jar);
      assertThat(machine.proc().open(ls.context(), "/sys/module/jit/parameters").error())
          .isEqualTo(-Errno.ENOENT);
    }
  }

  private String read(Context reader, String path) {
    return machine.proc().read(reader, path).orElseThrow();
  }

  private List<String> masked(String text) {
    return masked(text.lines().toList());
  }

  /** The pids of the reader and of ksoftirqd are their own each time. */
  private List<String> masked(List<String> lines) {
    List<String> masked = lines.stream().map(JitTest::masked1).toList();
    return kernel.masked(masked, JIFFIES).stream().map(JitTest::masked2).toList();
  }

  private static String masked1(String line) {
    return line.replaceFirst("^(\\d+ +0 +[01]) +[1-9]\\d*( +\\d +[\\w/]+)$", "$1 #$2");
  }

  /** On the host a tick may run what waits for ksoftirqd. */
  private static String masked2(String line) {
    return line.replaceFirst(
        "^N +1 +(?:\\d+|#) +(\\d) +(?:ksoftirqd|swapper)/\\1$", "softirq on CPU $1");
  }

  /** From the recorded line that begins with the jiffy, and the header before it, to the prompt. */
  private List<String> recorded(long jiffy) {
    List<String> lines = recordedLines();
    int at = 0;
    while (!lines.get(at).startsWith(Long.toString(jiffy))) {
      at++;
    }
    int end = at;
    while (lines.get(end).matches("\\d.*")) {
      end++;
    }
    int from = lines.get(at - 1).startsWith("   time") ? at - 1 : at;
    return masked(lines.subList(from, end));
  }

  private static List<String> recordedLines() {
    return GoldenLog.read(JitTest.class, "/truth/09_jit.txt").lines();
  }
}
