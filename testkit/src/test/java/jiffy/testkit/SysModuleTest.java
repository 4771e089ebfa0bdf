package jiffy.testkit;

import static jiffy.linux.Errno.EACCES;
import static jiffy.linux.Errno.EAGAIN;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ENOSPC;
import static jiffy.linux.Errno.ERANGE;
import static jiffy.linux.Errno.EROFS;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.io.TempDir;

/** The files of /sys/module, beside what a real Linux did with them: truth/10_params.txt. */
class SysModuleTest {
  /** The recorded module, with a timer. */
  private static final String PARAMS =
      """
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.Timers.*;
      import static jiffy.linux.Jiffies.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL v2")
      public final class Params extends KernelModule {
        @ModuleParam(perm = 0644) static int myint = 42;
        @ModuleParam(perm = 0444, type = "uint") static int myuint = 7;
        @ModuleParam(perm = 0644) static short myshort = -3;
        @ModuleParam(perm = 0444, type = "ushort") static int myushort = 3;
        @ModuleParam(perm = 0644) static long mylong = -1;
        @ModuleParam(perm = 0444, type = "ulong") static long myulong = 1;
        @ModuleParam(perm = 0444, type = "ullong") static long myullong = 1;
        @ModuleParam(perm = 0644, type = "byte") static int mybyte = 255;
        @ModuleParam(perm = 0644, type = "hexint") static int myhex = 0xff;
        @ModuleParam(perm = 0644) static boolean mybool;
        @ModuleParam(perm = 0644, type = "invbool") static boolean myinv;
        @ModuleParam(perm = 0644, type = "bool_enable_only") static boolean mybe;
        @ModuleParam(perm = 0644) static String mystr = "hello";
        @ModuleParam(perm = 0644, len = 8) static String mybuf = "abc";
        static int narr = 2;
        @ModuleParam(perm = 0644, count = "narr") static int[] myarr = {1, 2, 0, 0};
        @ModuleParam(perm = 0) static int hidden = 5;
        @ModuleParam(perm = 0200) static int wo = 5;
        @ModuleParam(perm = 0644) static int my_dash = 1;
        @ModuleParam(perm = 0644, name = "newname") static int ren = 1;
        @ModuleParam(perm = 0644) static String nullstr;
        static final TimerList timer = new TimerList();
        static void tick(TimerList t) {
          printk("myint=%d mystr=%s\\n", myint, mystr);
          mod_timer(timer, jiffies() + 1);
        }
        { module_init(() -> { timer_setup(timer, Params::tick, 0); return 0; });
          module_exit(() -> del_timer_sync(timer)); }
      }
      """;

  private static final String DIRECTORY = "/sys/module/params/";
  private static final String PARAMETERS = DIRECTORY + "parameters/";

  private static final Map<String, Integer> ERRORS =
      Map.of(
          "Invalid argument", EINVAL,
          "Numerical result out of range", ERANGE,
          "No space left on device", ENOSPC,
          "Read-only file system", EROFS,
          "Permission denied", EACCES);

  private static final Pattern ECHO =
      Pattern.compile("\\$ (echo|printf)( '[^']*'| [^\\s>']+|) > (\\S+/(\\w+))(; cat \\S+)?");

  @TempDir private Path directory;

  private void insmod(Machine machine, String... words) {
    machine.insmod(ModuleJar.of(PARAMS).writeTo(directory.resolve("params.jar")), words);
  }

  private static String read(Machine machine, String path) {
    try (Attachment cat = machine.attach("cat");
        OpenFile file = machine.proc().open(cat.context(), path)) {
      byte[] into = new byte[4096];
      long got = file.error() != 0 ? file.error() : file.read(cat.context(), into, into.length);
      return got < 0 ? "-" + -got : new String(into, 0, (int) got, StandardCharsets.UTF_8);
    }
  }

  private static int write(Machine machine, String path, String text) {
    try (Attachment echo = machine.attach("echo");
        OpenFile file = machine.proc().open(echo.context(), path, O_WRONLY)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return file.error() != 0
          ? file.error()
          : (int) file.write(echo.context(), bytes, 0, bytes.length);
    }
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in = SysModuleTest.class.getResourceAsStream("/truth/10_params.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void parameters_writtenAsRecorded_readAndFailAsOnLinux(Machine machine) throws IOException {
    insmod(machine);
    List<String> lines = recorded();
    int replayed = 0;
    for (int i = 0; i < lines.size(); i++) {
      Matcher echo = ECHO.matcher(lines.get(i));
      if (!echo.matches()) {
        continue;
      }
      int end = i + 1;
      while (!lines.get(end).startsWith("[exit")) {
        end++;
      }
      replay(machine, echo, lines.subList(i + 1, end));
      replayed++;
    }
    assertThat(replayed).isEqualTo(33);
    assertThat(machine.dmesg())
        .filteredOn(line -> line.endsWith("myarr: can only take 4 arguments"))
        .hasSize(1);
  }

  /** Compares what the write returned, and then what is read, with the recorded lines. */
  private static void replay(Machine machine, Matcher echo, List<String> recorded) {
    String value = echo.group(2).strip().replace("'", "");
    int result =
        write(
            machine,
            PARAMETERS + echo.group(4),
            echo.group(1).equals("echo") ? value + "\n" : value);
    int stderr = recorded.indexOf("[stderr]");
    int expected = value.length() + (echo.group(1).equals("echo") ? 1 : 0);
    if (stderr >= 0) {
      String complaint = recorded.get(stderr + 1);
      expected = -ERRORS.get(complaint.substring(complaint.lastIndexOf(": ") + 2));
    }
    assertThat(result).as(echo.group()).isEqualTo(expected);
    if (echo.group(5) != null) {
      List<String> shown = stderr < 0 ? recorded : recorded.subList(0, stderr);
      assertThat(read(machine, PARAMETERS + echo.group(4)))
          .as(echo.group())
          .isEqualTo(String.join("\n", shown) + "\n");
    }
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void parameters_untouched_readAsRecorded(Machine machine) throws IOException {
    insmod(machine);
    List<String> lines = recorded();
    int first = lines.indexOf("my_dash=1");
    List<String> compared = new ArrayList<>();
    for (String line : lines.subList(first, first + 18)) {
      String name = line.substring(0, line.indexOf('='));
      assertThat(name + "=" + read(machine, PARAMETERS + name)).isEqualTo(line + "\n");
      compared.add(name);
    }
    assertThat(compared).hasSize(18);
    assertThat(read(machine, PARAMETERS + "wo")).isEqualTo("-" + EACCES);
    assertThat(machine.proc().list())
        .filteredOn(path -> path.startsWith(PARAMETERS))
        .hasSize(19)
        .doesNotContain(PARAMETERS + "hidden");
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void parameter_ofModeZero_hasNoFileAndAlone_noDirectory(Machine machine) {
    machine.insmod(
        ModuleJar.of(
                """
                @jiffy.linux.ModuleInfo(license = "GPL")
                public final class Jit extends jiffy.linux.KernelModule {
                  @jiffy.linux.ModuleParam(perm = 0) static int delay = 250;
                  { module_init(() -> 0); module_exit(() -> {}); }
                }
                """)
            .writeTo(directory.resolve("jit.jar")));
    assertThat(read(machine, "/sys/module/jit/parameters")).isEqualTo("-" + ENOENT);
    assertThat(read(machine, "/sys/module/jit/parameters/delay")).isEqualTo("-" + ENOENT);
    assertThat(write(machine, "/sys/module/jit/parameters/delay", "1")).isEqualTo(-ENOENT);
    assertThat(read(machine, "/sys/module/jit")).isEqualTo("-" + EISDIR);
    assertThat(read(machine, "/sys/module/nosuch/refcnt")).isEqualTo("-" + ENOENT);
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void write_whileTheModuleRuns_isSeenByIt(Machine machine, Simulation sim) {
    machine.insmod(
        ModuleJar.of(
                PARAMS.replace("return 0;", "tick(timer); return 0;").replace("Params", "Ticks"))
            .writeTo(directory.resolve("ticks.jar")));
    sim.advance(Duration.ofMillis(20));
    assertThat(machine.dmesg()).anyMatch(line -> line.endsWith("myint=42 mystr=hello"));
    assertThat(write(machine, "/sys/module/ticks/parameters/myint", "0x2a0")).isEqualTo(5);
    assertThat(write(machine, "/sys/module/ticks/parameters/mystr", "bye")).isEqualTo(3);
    sim.advance(Duration.ofMillis(20));
    assertThat(machine.dmesg()).anyMatch(line -> line.endsWith("myint=672 mystr=bye"));
    machine.rmmod("ticks");
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void directoryOfAModule_tellsItsState(Machine machine) {
    insmod(machine);
    assertThat(read(machine, DIRECTORY + "refcnt")).isEqualTo("0\n");
    assertThat(read(machine, DIRECTORY + "initstate")).isEqualTo("live\n");
    assertThat(read(machine, DIRECTORY + "taint")).isEqualTo("OE\n");
    assertThat(read(machine, DIRECTORY + "coresize")).matches("[1-9]\\d*\n");
    assertThat(write(machine, DIRECTORY + "refcnt", "5")).isEqualTo(-EACCES);
  }

  /** {@code holders} is a directory of links to directories. */
  @KernelTest(mayComplain = true)
  void holders_areThoseWhoLinkToIt_andLeadToThem(Machine machine) {
    String library =
        """
        package lib;
        @jiffy.linux.ModuleInfo(license = "GPL")
        public final class Lib extends jiffy.linux.KernelModule {
          @jiffy.linux.ExportSymbol public static int lib_one() { return 1; }
          { module_init(() -> 0); module_exit(() -> {}); }
        }
        """;
    String user =
        """
        package user;
        @jiffy.linux.ModuleInfo(license = "GPL", name = "my-user")
        public final class User extends jiffy.linux.KernelModule {
          { module_init(() -> lib.Lib.lib_one() - 1); module_exit(() -> {}); }
        }
        """;
    machine.insmod(ModuleJar.of(library).writeTo(directory.resolve("lib.jar")));
    String holders = "/sys/module/lib/holders";
    assertThat(read(machine, holders)).isEqualTo("-" + EISDIR);
    assertThat(read(machine, holders + "/my_user")).isEqualTo("-" + ENOENT);
    machine.insmod(
        ModuleJar.ofSources(List.of(library), user).writeTo(directory.resolve("user.jar")));
    assertThat(machine.proc().list()).contains(holders + "/my_user");
    assertThat(read(machine, holders)).isEqualTo("-" + EISDIR);
    assertThat(read(machine, holders + "/")).isEqualTo("-" + EISDIR);
    assertThat(read(machine, holders + "/my_user")).isEqualTo("-" + EISDIR);
    assertThat(read(machine, holders + "/my_user/refcnt")).isEqualTo("0\n");
    assertThat(read(machine, holders + "/nosuch/refcnt")).isEqualTo("-" + ENOENT);
    assertThat(read(machine, DIRECTORY + "refcnt")).isEqualTo("-" + ENOENT);
    machine.rmmod("my-user");
    assertThat(machine.proc().list()).noneMatch(path -> path.startsWith(holders));
    machine.rmmod("lib");
  }

  @KernelTest(mayComplain = true)
  void openFile_doesNotHoldTheModule(Machine machine) {
    insmod(machine);
    try (Attachment test = machine.attach("test");
        OpenFile reader = machine.proc().open(test.context(), PARAMETERS + "myint", O_RDONLY);
        OpenFile writer = machine.proc().open(test.context(), PARAMETERS + "myint", O_WRONLY)) {
      machine.rmmod("params");
      assertThat(reader.read(test.context(), new byte[9], 9)).isEqualTo(-ENODEV);
      assertThat(writer.write(test.context(), new byte[] {'1'}, 0, 1)).isEqualTo(-ENODEV);
    }
    assertThat(read(machine, PARAMETERS + "myint")).isEqualTo("-" + ENOENT);
  }

  /** A file of /proc, unlike one of /sys, holds its module: for writing, and made of records. */
  @KernelTest(mayComplain = true)
  void procFile_openForWritingOrOfRecords_holdsTheModule(Machine machine) {
    machine.insmod(
        ModuleJar.of(
                """
                import static jiffy.linux.ProcFs.*;
                import static jiffy.linux.SeqFiles.*;
                import jiffy.types.*;
                @jiffy.linux.ModuleInfo(license = "GPL")
                public final class Held extends jiffy.linux.KernelModule {
                  static final ProcOps in = new ProcOps();
                  static final SeqOperations ops = new SeqOperations();
                  static int init() {
                    in.proc_write = (file, buf, count, pos) -> count;
                    ops.start = (m, pos) -> pos.value < 1000 ? (Object) pos.value : null;
                    ops.next = (m, v, pos) -> ++pos.value < 1000 ? (Object) pos.value : null;
                    ops.stop = (m, v) -> {};
                    ops.show = (m, v) -> { seq_printf(m, "%ld\\n", (Long) v); return 0; };
                    proc_create("in", 0200, null, in);
                    proc_create_seq("records", 0, null, ops);
                    proc_create_single("one", 0, null,
                        (m, v) -> { seq_puts(m, "one\\n"); return 0; });
                    return 0;
                  }
                  { module_init(Held::init); module_exit(() -> remove_proc_entry("in", null)); }
                }
                """)
            .writeTo(directory.resolve("held.jar")));
    try (Attachment test = machine.attach("test")) {
      for (String name : List.of("in", "records", "one")) {
        int flags = name.equals("in") ? O_WRONLY : O_RDONLY;
        try (OpenFile file = machine.proc().open(test.context(), "/proc/" + name, flags)) {
          assertThat(file.error()).isZero();
          assertThat(read(machine, "/sys/module/held/refcnt")).isEqualTo("1\n");
          assertThat(machine.modules().rmmod(test.context(), "held", false)).isEqualTo(-EAGAIN);
        }
      }
      assertThat(machine.proc().read(test.context(), "/proc/records").orElseThrow().lines())
          .hasSize(1000)
          .endsWith("998", "999");
    }
    machine.rmmod("held");
    assertThat(machine.dmesg())
        .anyMatch(l -> l.contains("held: rmmod: proc file was left behind: /proc/records, made at"))
        .anyMatch(
            l -> l.contains("held: rmmod: proc file was left behind: /proc/one, made at init"))
        .anyMatch(l -> l.endsWith("held: rmmod: 2 proc files taken back"));
    assertThat(read(machine, "/proc/records")).isEqualTo("-" + ENOENT);
  }
}
