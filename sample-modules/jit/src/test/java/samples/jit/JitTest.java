package samples.jit;

import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.testkit.ModuleJar;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** jit on virtual time, beside what it did on a real Linux: truth/09_jit.txt. */
class JitTest {
  @TempDir private Path directory;
  private Path jar;
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();

  @BeforeEach
  void pack() throws URISyntaxException {
    Path classes = Path.of(Jit.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar = ModuleJar.ofPackage(classes, "samples.jit").writeTo(directory.resolve("jit.jar"));
  }

  @AfterEach
  void halt() {
    machine.close();
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
  void jitimer_atTheRecordedJiffy_readsAsOnLinux(String word, long jiffy, int cpu)
      throws IOException {
    try (Attachment cat = machine.attach("cat", cpu)) {
      machine.insmod(jar, word);
      TimerList tick = new TimerList();
      timer_setup(tick, t -> {}, 0);
      sim.advanceToJiffies(jiffy - 2);
      mod_timer(tick, jiffy - 1); // runs in the jiffy after
      sim.advanceToJiffies(jiffy);
      assertThat(timer_pending(tick)).isFalse();
      assertThat(masked(read(cat.context(), "/proc/jitimer"))).isEqualTo(recorded(jiffy));
    }
  }

  @Test
  void jitimer_withARepeatedParameter_takesTheLast() {
    try (Attachment head = machine.attach("head", 1)) {
      machine.insmod(jar, "tdelay=5", "tdelay=7");
      sim.advanceToJiffies(4_294_909_521L);
      assertThat(read(head.context(), "/proc/jitimer"))
          .contains("4294909529    8     1         0   1   swapper/1\n4294909536    7     1 ");
    }
  }

  /** Recorded: 0xffff0b15 0x00000000ffff0b15 1795265031.079511, then the coarse time below it. */
  @Test
  void currentime_atTheRecordedJiffy_readsInTheRecordedForm() {
    try (Attachment cat = machine.attach("cat", 0)) {
      machine.insmod(jar);
      sim.advanceToJiffies(0xffff0b15L);
      sim.advance(Duration.ofNanos(3_511_000));
      assertThat(read(cat.context(), "/proc/currentime"))
          .matches(
              "0xffff0b15 0x00000000ffff0b15 (\\d{10})\\.\\d{3}511\n {30}\\1\\.\\d{3}000000\n");
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
  void jit_threeReads_takeTheRecordedJiffies(String file, long jiffy) throws IOException {
    try (Attachment dd = machine.attach("dd", 0)) {
      machine.insmod(jar);
      sim.advanceToJiffies(jiffy);
      StringBuilder text = new StringBuilder();
      try (OpenFile open = machine.proc().open(dd.context(), "/proc/" + file)) {
        byte[] block = new byte[22];
        for (int i = 0; i < 3; i++) {
          int got = (int) open.read(dd.context(), block, block.length);
          text.append(new String(block, 0, got, StandardCharsets.UTF_8));
        }
      }
      assertThat(text.toString().lines().toList()).isEqualTo(recorded(jiffy).subList(0, 3));
    }
  }

  /** Seed 004: "the timer expires at just the right time, even if ... the CPU is busy". */
  @Test
  void jitimer_whileJitbusyIsReadOnTheSameCpu_isExact() {
    try (Attachment cat = machine.attach("cat", 1)) {
      machine.insmod(jar);
      Task busy =
          machine.tasks().spawn("cat", Owner.CORE, 1, () -> readOnce("/proc/jitbusy").length());
      sim.advanceToJiffies(4_294_908_127L - 125);
      sim.advanceToJiffies(4_294_908_127L);
      String text = read(cat.context(), "/proc/jitimer");
      assertThat(text.lines().skip(2).map(line -> line.substring(10, 15).strip()))
          .containsExactly("11", "10", "10", "10", "10");
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
      machine.insmod(jar, "tdelay=100");
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
      sim.advance(Duration.ofMillis(500));
      machine.scheduler().signal(reader.struct, 9);
      sim.advance(Duration.ofMillis(1));
      assertThat(ends).containsExactly((long) -Errno.ERESTARTSYS);
      machine.rmmod("jit");
      assertThat(machine.dmesg())
          .as("as published, nobody deletes the timer of a reader who has gone")
          .anyMatch(line -> line.contains("timer was left behind: jit_timer_fn [jit]"));
    }
  }

  @ParameterizedTest
  @CsvSource({"tdelay=abc, abc", "tdelay=, ''", "tdelay, ''", "tdelay=12abc, 12abc"})
  void insmod_withABadValue_isRefusedAsOnLinux(String word, String value) {
    assertThatThrownBy(() -> machine.insmod(jar, word)).hasMessageContaining("jit");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.endsWith("jit: `" + value + "' invalid for parameter `tdelay'"));
  }

  private String read(Context reader, String path) {
    return machine.proc().read(reader, path).orElseThrow();
  }

  /** The reader's pid is its own each time. */
  private static List<String> masked(String text) {
    return text.lines().map(JitTest::masked1).toList();
  }

  private static String masked1(String line) {
    return line.replaceFirst("^(\\d+ +0 +0) +\\d+( +\\d +\\w+)$", "$1 #$2");
  }

  /** From the recorded line that begins with the jiffy, and the header before it, to the prompt. */
  private static List<String> recorded(long jiffy) throws IOException {
    try (InputStream in = JitTest.class.getResourceAsStream("/truth/09_jit.txt")) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      int at = 0;
      while (!lines.get(at).startsWith(Long.toString(jiffy))) {
        at++;
      }
      int end = at;
      while (lines.get(end).matches("\\d.*")) {
        end++;
      }
      int from = lines.get(at - 1).startsWith("   time") ? at - 1 : at;
      return lines.subList(from, end).stream().map(JitTest::masked1).toList();
    }
  }
}
