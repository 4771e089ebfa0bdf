package jiffy.testkit;

import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.EPERM;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.io.TempDir;

/** Parameters with functions of their own: {@code module_param_cb}. */
class ParamCallbackTest {
  private static final String SOURCE =
      """
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Errno.*;
      import static jiffy.linux.Moduleparam.*;
      import static jiffy.linux.Preempt.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.Sched.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Cb extends KernelModule {
        static final KernelParamOps interval_ops = new KernelParamOps();
        static { interval_ops.set = Cb::set_interval; interval_ops.get = Moduleparam::param_get_int; }
        @ModuleParam(ops = "interval_ops", perm = 0644) static int interval = 10;

        static int set_interval(String val, KernelParam kp) throws Exception {
          if (val.startsWith("throw")) throw new IllegalStateException("no " + val.trim());
          if (val.startsWith("sleep")) { msleep(100); pr_info("slept\\n"); return 0; }
          if (val.startsWith("half")) return 2;
          if (val.startsWith("enoent")) return -ENOENT;
          int[] value = {0};
          int ret = param_set_int(val, new KernelParam(kp, value));
          if (ret != 0) return ret;
          if (value[0] > 100) return -EBUSY;
          pr_info("%s: %d -> %d, in_task=%d, by %s\\n", kp.name, interval, value[0],
              in_task() ? 1 : 0, current().comm);
          interval = value[0];
          return 0;
        }

        @ModuleParam(value = "do it", perm = 0200) static final KernelParamOps trigger =
            new KernelParamOps();
        static {
          trigger.flags = KERNEL_PARAM_OPS_FL_NOARG;
          trigger.set = (val, kp) -> { pr_info("triggered: %s\\n", val); return 0; };
          trigger.free = arg -> pr_info("freed %s\\n", arg);
        }

        static final KernelParamOps odd = new KernelParamOps();
        @ModuleParam(perm = 0644) static int told = 4;
        static { odd.get = (buffer, kp) -> { buffer.append("abc\\n"); return told; }; }
        @ModuleParam(ops = "odd", perm = 0644) static int strange;

        @ModuleParam(perm = 0644) static String plain = "x";
        { module_init(() -> { pr_info("interval=%d\\n", interval); return 0; });
          module_exit(() -> pr_info("exit\\n")); }
      }
      """;

  private static final String PARAMETERS = "/sys/module/cb/parameters/";

  @TempDir private Path directory;

  private Path jar() {
    return ModuleJar.of(SOURCE).writeTo(directory.resolve("cb.jar"));
  }

  private int insmod(Machine machine, String... words) {
    try (Attachment insmod = machine.attach("insmod")) {
      return machine.modules().insmod(insmod.context(), jar(), List.of(words));
    }
  }

  private static String read(Machine machine, String name) {
    try (Attachment cat = machine.attach("cat");
        OpenFile file = machine.proc().open(cat.context(), PARAMETERS + name)) {
      byte[] into = new byte[8192];
      long got = file.error() != 0 ? file.error() : file.read(cat.context(), into, into.length);
      return got < 0 ? "-" + -got : new String(into, 0, (int) got, StandardCharsets.UTF_8);
    }
  }

  private static long write(Machine machine, String name, String text) {
    try (Attachment echo = machine.attach("echo");
        OpenFile file = machine.proc().open(echo.context(), PARAMETERS + name, O_WRONLY)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return file.error() != 0 ? file.error() : file.write(echo.context(), bytes, 0, bytes.length);
    }
  }

  private static boolean said(Machine machine, String text) {
    return machine.dmesg().stream().anyMatch(line -> line.endsWith("] " + text));
  }

  @KernelTest(mayComplain = true)
  void set_atInsmodAndByAWrite_runsOnTheWritersTask(Machine machine) {
    assertThat(insmod(machine, "interval=3")).isZero();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("interval: 10 -> 3, in_task=1, by "));
    assertThat(said(machine, "interval=3")).isTrue();
    AtomicInteger wrote = new AtomicInteger();
    try (Attachment self = machine.attach("test")) {
      machine
          .tasks()
          .spawn(
              "echo",
              Owner.CORE,
              () -> {
                wrote.set((int) write(machine, "interval", "0x20\n"));
                return 0;
              })
          .join(self.context());
    }
    assertThat(wrote).hasValue(5);
    assertThat(said(machine, "interval: 3 -> 32, in_task=1, by echo")).isTrue();
    assertThat(read(machine, "interval")).isEqualTo("32\n");
    machine.rmmod("cb");
  }

  @KernelTest(mayComplain = true)
  void set_itsErrno_isTheWritesAndInsmods(Machine machine) {
    assertThat(insmod(machine, "interval=101")).isEqualTo(-EBUSY);
    assertThat(said(machine, "cb: `101' invalid for parameter `interval'")).isTrue();
    assertThat(insmod(machine, "interval=enoent")).isEqualTo(-ENOENT);
    assertThat(said(machine, "cb: Unknown parameter `interval'")).isTrue();
    assertThat(insmod(machine, "interval")).isEqualTo(-EINVAL);
    assertThat(insmod(machine)).isZero();
    assertThat(write(machine, "interval", "101")).isEqualTo(-EBUSY);
    assertThat(write(machine, "interval", "x")).isEqualTo(-EINVAL);
    assertThat(write(machine, "interval", "half")).isEqualTo(2);
    assertThat(write(machine, "interval", "")).isZero();
    assertThat(write(machine, "strange", "1")).isEqualTo(-EPERM);
    assertThat(read(machine, "interval")).isEqualTo("10\n");
    machine.rmmod("cb");
  }

  @KernelTest(mayComplain = true)
  void set_thatThrows_isAnOopsAndEfaultAndGivesTheLockBack(Machine machine) {
    assertThat(insmod(machine)).isZero();
    assertThat(write(machine, "interval", "throw1\n")).isEqualTo(-EFAULT);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("cb") && line.contains("parameter interval"))
        .anyMatch(line -> line.contains("no throw1"));
    assertThat(write(machine, "interval", "4")).isEqualTo(1);
    assertThat(read(machine, "interval")).isEqualTo("4\n");
    machine.rmmod("cb");
    assertThat(insmod(machine, "interval=throw2")).isEqualTo(-EFAULT);
    assertThat(machine.modules().list()).isEmpty();
    assertThat(insmod(machine)).isZero();
    machine.rmmod("cb");
  }

  @KernelTest(mayComplain = true)
  void parameterOfCallbacksOnly_isWrittenNotReadAndFreed(Machine machine) {
    assertThat(insmod(machine, "trigger", "trigger=a")).isZero();
    assertThat(said(machine, "triggered: (null)")).isTrue();
    assertThat(said(machine, "triggered: a")).isTrue();
    assertThat(write(machine, "trigger", "now")).isEqualTo(3);
    assertThat(said(machine, "triggered: now")).isTrue();
    assertThat(read(machine, "trigger")).isEqualTo("-13");
    machine.rmmod("cb");
    assertThat(said(machine, "freed (null)")).isTrue();
    List<String> lines = machine.dmesg();
    assertThat(indexOf(lines, "] exit")).isLessThan(indexOf(lines, "] freed (null)"));
  }

  private static int indexOf(List<String> lines, String end) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).endsWith(end)) {
        return i;
      }
    }
    throw new AssertionError(end + " is not in " + lines);
  }

  @KernelTest(mayComplain = true)
  void get_itsResult_saysHowMuchIsRead(Machine machine) {
    assertThat(insmod(machine)).isZero();
    assertThat(read(machine, "strange")).isEqualTo("abc\n");
    write(machine, "told", "2");
    assertThat(read(machine, "strange")).isEqualTo("ab");
    write(machine, "told", "400");
    assertThat(read(machine, "strange")).isEqualTo("abc\n");
    write(machine, "told", "4096");
    assertThat(read(machine, "strange")).isEqualTo("abc\n");
    assertThat(said(machine, "fill_read_buffer: get of cb.parameters/strange returned bad count"))
        .isTrue();
    write(machine, "told", "-5");
    assertThat(read(machine, "strange")).isEqualTo("-5");
    machine.rmmod("cb");
  }

  /** A callback that sleeps keeps others out, and the module in. */
  @KernelTest(mayComplain = true)
  void set_thatSleeps_holdsBackReadersAndRmmod(Machine machine, Simulation sim) {
    assertThat(insmod(machine)).isZero();
    AtomicInteger wrote = new AtomicInteger();
    AtomicInteger readBytes = new AtomicInteger();
    machine
        .tasks()
        .spawn(
            "echo",
            Owner.CORE,
            () -> {
              wrote.set((int) write(machine, "interval", "sleep"));
              return 0;
            });
    sim.advance(java.time.Duration.ofMillis(10));
    machine
        .tasks()
        .spawn(
            "cat",
            Owner.CORE,
            () -> {
              readBytes.set(read(machine, "plain").length());
              return 0;
            });
    sim.advance(java.time.Duration.ofMillis(10));
    assertThat(wrote).hasValue(0);
    assertThat(readBytes).hasValue(0);
    try (Attachment late = machine.attach("late");
        OpenFile reader = machine.proc().open(late.context(), PARAMETERS + "plain", O_RDONLY);
        OpenFile writer = machine.proc().open(late.context(), PARAMETERS + "interval", O_WRONLY)) {
      machine.rmmod("cb"); // waits for both
      assertThat(wrote).hasValue(5);
      assertThat(readBytes).hasValue(2);
      assertThat(reader.read(late.context(), new byte[9], 9)).isEqualTo(-ENODEV);
      assertThat(writer.write(late.context(), new byte[] {'1'}, 0, 1)).isEqualTo(-ENODEV);
    }
    List<String> lines = machine.dmesg();
    assertThat(indexOf(lines, "] exit")).isLessThan(indexOf(lines, "] slept"));
  }

  /** What C has a {@code void *} for. */
  @KernelTest(mayComplain = true)
  void parameterOfAnyJavaType_isItsCallbacksBusiness(Machine machine) {
    Path jar =
        ModuleJar.of(
                """
                import java.time.Duration;
                import jiffy.linux.*;
                import jiffy.types.*;
                @ModuleInfo(license = "GPL")
                public final class Cb extends KernelModule {
                  @ModuleParam(ops = "ops", perm = 0644) static Duration wait = Duration.ZERO;
                  static final KernelParamOps ops = new KernelParamOps();
                  static {
                    ops.set = (val, kp) -> { wait = Duration.parse(val.trim()); return 0; };
                    ops.get = (buffer, kp) -> { buffer.append(wait).append('\\n'); return 64; };
                  }
                }
                """)
            .writeTo(directory.resolve("cb.jar"));
    machine.insmod(jar, "wait=PT2S");
    assertThat(read(machine, "wait")).isEqualTo("PT2S\n");
    assertThat(write(machine, "wait", "PT1M\n")).isEqualTo(5);
    assertThat(read(machine, "wait")).isEqualTo("PT1M\n");
    assertThat(write(machine, "wait", "soon\n")).isEqualTo(-EFAULT);
    assertThat(read(machine, "wait")).isEqualTo("PT1M\n");
    machine.rmmod("cb");
  }

  @KernelTest
  void declarations_thatCannotBe_areRefusedByName(Machine machine) {
    refused(machine, "@ModuleParam(ops = \"nosuch\") static int x;", "ops = \"nosuch\", but Bad");
    refused(
        machine,
        "static final int[] n = {0}; @ModuleParam(count = \"n\") static int[] x;",
        "has no static int of that name");
    refused(
        machine,
        "static final int n = hash(); static int hash() { return 1; }"
            + " @ModuleParam(count = \"n\") static int[] x;",
        "its count n is final");
    refused(
        machine,
        "@ModuleParam static int a_b; @ModuleParam(name = \"a-b\") static int c;",
        "have the same name, a-b");
    refused(machine, "@ModuleParam(perm = 644) static int x;", "which is no mode");
    refused(
        machine,
        "@ModuleParam final jiffy.types.KernelParamOps x = null;",
        "parameter Bad.x is not static");
  }

  private void refused(Machine machine, String fields, String sentence) {
    Path bad =
        ModuleJar.of(
                "import jiffy.linux.*; @ModuleInfo(license = \"GPL\") public final class Bad"
                    + " extends KernelModule { "
                    + fields
                    + " }")
            .writeTo(directory.resolve("bad.jar"));
    assertThatThrownBy(() -> machine.insmod(bad)).hasMessageContaining(sentence);
  }
}
