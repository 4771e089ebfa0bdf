package jiffy.cli.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.linux.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts and statuses as a real system gave them: truth/11, truth/12, kmod's vectors. */
class ToolboxTest {
  private static final Path STATE = Path.of("/run/jiffy");

  @TempDir Path directory;

  private final FakeKernel kernel = new FakeKernel();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void aModuleFile() throws IOException {
    Files.writeString(directory.resolve("hello.jar"), "");
  }

  private int run(String line) {
    return run(kernel, out, line.split(" "));
  }

  private int run(RunningKernel with, OutputStream stdout, String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    String command = arguments.remove(0);
    return Toolbox.run(
        new Invocation(
            command,
            arguments,
            directory,
            Map.of(),
            false,
            stdout,
            err,
            HangUp.NEVER,
            with,
            STATE));
  }

  @Test
  void status_withArguments_isRefused() {
    assertThat(run("status foo")).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .isEqualTo("jiffy: status takes no arguments\n");
  }

  @Test
  void irq_ofLines_raisesThemInOrder() {
    assertThat(run("irq 4 63")).isZero();
    assertThat(kernel.calls).containsExactly("irq 4", "irq 63");
    assertThat(out() + err()).isEmpty();
  }

  @Test
  void irq_withoutAndWithBadArguments_saysWhatItWants() {
    assertThat(run("irq")).isEqualTo(1);
    assertThat(run("irq 4 x")).isEqualTo(1);
    assertThat(run("irq -- 99999999999")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "irq: missing line number: try 'jiffy cat /proc/interrupts'\n"
                + "irq: 'x' is not the number of an interrupt line\n"
                + "irq: '--' is not the number of an interrupt line\n"
                + "irq: '99999999999' is not the number of an interrupt line\n");
    assertThat(kernel.calls).as("nothing is raised if one word is wrong").isEmpty();
  }

  @Test
  void irq_thatTheKernelRefuses_saysWhy() {
    kernel.result = -Errno.ENXIO;
    assertThat(run("irq 7")).isEqualTo(1);
    kernel.result = -Errno.EINVAL;
    assertThat(run("irq 64")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "irq: 7: nobody has requested this line: see 'jiffy cat /proc/interrupts'\n"
                + "irq: 64: there is no such line: they are 0 to 63\n");
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "insmod|insmod: ERROR: missing filename.",
        "insmod -|insmod: ERROR: this tool does not support loading from stdin!",
        "insmod -Z|insmod: invalid option -- 'Z'",
        "insmod -vZ hello.jar|insmod: invalid option -- 'Z'",
        "insmod --zap|insmod: unrecognized option '--zap'",
        "insmod --zap=1 x|insmod: unrecognized option '--zap=1'",
        "insmod missing.ko|insmod: ERROR: could not load module missing.ko: No such file or"
            + " directory",
        "insmod .|insmod: ERROR: could not insert module .: Is a directory",
        "insmod /dev/null|insmod: ERROR: could not insert module /dev/null: Invalid parameters",
        "rmmod|rmmod: ERROR: missing module name.",
        "rmmod nosuch|rmmod: ERROR: Module nosuch is not currently loaded",
        "rmmod no-such.ko|rmmod: ERROR: Module no_such is not currently loaded",
        "rmmod -v nosuch|rmmod: ERROR: Module nosuch is not currently loaded",
        "rmmod -w x|rmmod: invalid option -- 'w'",
        "lsmod foo|lsmod: ERROR: too many arguments provided.",
        "cat /proc/nosuch|cat: /proc/nosuch: No such file or directory",
        "frobnicate|jiffy: the running kernel has no command 'frobnicate'",
      })
  void tool_calledWrongly_saysSoAndFails(String line, String message) {
    assertThat(run(line)).isEqualTo(1);
    assertThat(err()).isEqualTo(message + "\n");
    assertThat(out()).isEmpty();
    assertThat(kernel.calls).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "12,   Cannot allocate memory",
    "1,    Operation not permitted",
    "22,   Invalid parameters",
    "16,   Device or resource busy",
    "19,   No such device",
    "5,    Input/output error",
    "2,    Unknown symbol in module",
    "4,    Interrupted system call",
    "512,  Unknown error 512",
    "517,  Unknown error 517",
    "4095, Unknown error 4095",
    "5000, Unknown symbol in module",
    "8,    Invalid module format",
    "3,    Module has wrong symbol version",
    "17,   File exists",
    "28,   No space left on device",
    "34,   Numerical result out of range",
    "129,  Key was rejected by service",
  })
  void insmod_refusedByTheKernel_saysWhy(int errno, String reason) {
    kernel.result = -errno;
    assertThat(run("insmod ./hello.jar x=1")).isEqualTo(1);
    assertThat(err())
        .isEqualTo("insmod: ERROR: could not insert module ./hello.jar: " + reason + "\n");
  }

  @Test
  void insmod_ofARelativeFile_isSilentAndPassesTheParametersOn() {
    assertThat(run(kernel, out, "insmod", "-v", "hello.jar", "a=1", "s=x y")).isZero();
    assertThat(kernel.calls)
        .containsExactly("insmod " + directory.resolve("hello.jar") + " [a=1, s=x y]");
    assertThat(out() + err()).isEmpty();
  }

  @Test
  void insmod_withDashes_takesTheRestAsWords() {
    assertThat(run("insmod -- hello.jar -x @file n=-1")).isZero();
    assertThat(kernel.calls)
        .containsExactly("insmod " + directory.resolve("hello.jar") + " [-x, @file, n=-1]");
  }

  @Test
  void insmod_withSyslog_complainsIntoTheLog() {
    assertThat(run("insmod -s missing.jar")).isEqualTo(1);
    assertThat(err()).isEmpty();
    assertThat(kernel.syslog)
        .containsExactly(
            "insmod: ERROR: could not load module missing.jar: No such file or directory");
  }

  @Test
  void insmod_onABug_saysOneLine() {
    kernel.bug = new IllegalStateException("oh");
    assertThat(run("insmod hello.jar")).isEqualTo(1);
    assertThat(err().lines()).hasSize(1);
  }

  @Test
  void rmmod_ofSeveral_goesOnAfterOneThatIsNotThere() {
    kernel.has("hello", 0);
    kernel.has("kt_fast", 0);
    assertThat(run("rmmod hello nosuch kt-fast.ko")).isEqualTo(1);
    assertThat(err()).isEqualTo("rmmod: ERROR: Module nosuch is not currently loaded\n");
    assertThat(kernel.calls).containsExactly("rmmod hello", "rmmod kt_fast");
  }

  @Test
  void rmmod_ofAHeldModule_namesTheHolders() {
    kernel.has("KernelTimer", 2, "ktuser", "other");
    assertThat(run("rmmod KernelTimer")).isEqualTo(1);
    assertThat(err()).isEqualTo("rmmod: ERROR: Module KernelTimer is in use by: ktuser other\n");
  }

  @Test
  void rmmod_ofAModuleInUse_saysSo() {
    kernel.has("slowmod", 1);
    assertThat(run("rmmod slowmod")).isEqualTo(1);
    assertThat(err()).isEqualTo("rmmod: ERROR: Module slowmod is in use\n");
  }

  @Test
  void rmmod_ofAModuleThatIsGoing_failsWithoutAWord() {
    kernel.has("slowmod", -1);
    assertThat(run("rmmod slowmod")).isEqualTo(1);
    assertThat(err()).isEmpty();
    assertThat(kernel.calls).isEmpty();
  }

  @Test
  void rmmod_refusedByTheKernel_saysItTwice() {
    kernel.has("noexit", 0);
    kernel.result = -Errno.EBUSY;
    assertThat(run("rmmod noexit")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "rmmod: ERROR: could not remove 'noexit': Device or resource busy\n"
                + "rmmod: ERROR: could not remove module noexit: Device or resource busy\n");
  }

  @Test
  void rmmod_forced_leavesTheCheckToTheKernel() {
    kernel.result = -Errno.ENOENT;
    assertThat(run("rmmod -f nosuch")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "rmmod: ERROR: could not remove 'nosuch': No such file or directory\n"
                + "rmmod: ERROR: could not remove module nosuch: No such file or directory\n");
    assertThat(kernel.calls).containsExactly("rmmod nosuch -f");
  }

  @Test
  void rmmod_ofAVersionedFile_findsItsModule() {
    kernel.has("kt", 0);
    assertThat(run("rmmod build/kt-1.0.jar")).isZero();
    assertThat(kernel.calls).containsExactly("rmmod kt");
  }

  @Test
  void lsmod_onSeveral_printsTheTableNewestFirst() {
    kernel.has("KernelTimer", 1, "ktuser");
    kernel.has("a_name_longer_than_the_column", 2, "b", "c");
    kernel.has("going", -1);
    assertThat(run("lsmod")).isZero();
    assertThat(out())
        .isEqualTo(
            """
            Module                  Size  Used by
            going                  16384  -1
            a_name_longer_than_the_column    16384  2 b,c
            KernelTimer            16384  1 ktuser
            """);
  }

  @ParameterizedTest
  @ValueSource(strings = {"insmod", "rmmod", "lsmod"})
  void kmodTool_askedForHelp_printsItWithoutAKernel(String tool) {
    assertThat(run(null, out, tool, "--help")).isZero();
    assertThat(out()).startsWith("Usage:\n\t" + tool + " [options]").endsWith("show this help\n");
    assertThat(run(null, out, tool, "-V")).isZero();
    assertThat(out()).endsWith("kmod version 34\n-ZSTD -XZ -ZLIB -OPENSSL -MBEDTLS\n");
  }

  @ParameterizedTest
  @CsvSource({
    "insmod hello.jar, insmod: ERROR: ",
    "rmmod kt,         rmmod: ERROR: ",
    "lsmod,            lsmod: ERROR: ",
    "status,           'jiffy: '",
    "halt,             'jiffy: '",
    "cat /proc/uptime, 'cat: '",
    "write /proc/x 1,  'write: '",
    "dmesg,            'dmesg: read kernel buffer failed: '",
  })
  void tool_withoutAKernel_saysHowToGetOne(String line, String prefix) {
    assertThat(run(null, out, line.split(" "))).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            prefix.stripTrailing()
                + " no kernel is running in /run/jiffy: start one with 'jiffy boot'\n");
  }

  @Test
  void cat_ofSeveralFiles_goesOnAfterABadOne() {
    kernel.files.put("/proc/uptime", "1.00 2.00\n");
    kernel.files.put("/proc/version", "Linux\n");
    assertThat(run("cat /proc/uptime /proc /nosuch /proc/version")).isEqualTo(1);
    assertThat(out()).isEqualTo("1.00 2.00\nLinux\n");
    assertThat(err())
        .isEqualTo(
            "cat: /proc: Is a directory: 'jiffy ls /proc' lists it\n"
                + "cat: /nosuch: No such file or directory\n");
  }

  @ParameterizedTest
  @CsvSource({
    "write /proc/x a b,    write /proc/x a b|",
    "write -n /proc/x a b, write /proc/x a b",
    "write /proc/x,        write /proc/x |",
    "write -n /proc/x -n,  write /proc/x -n",
  })
  void write_ofWords_writesThemAsEchoDoes(String line, String call) {
    assertThat(run(line)).isZero();
    assertThat(kernel.calls).containsExactly(call.replace('|', '\n'));
    assertThat(out() + err()).isEmpty();
  }

  @Test
  void write_thatFails_saysItAsTheShellDoes() {
    kernel.written = new RunningKernel.Written(false, -Errno.EACCES, 0);
    assertThat(run("write /proc/x 1")).isEqualTo(1);
    kernel.written = new RunningKernel.Written(true, -Errno.EINVAL, 0);
    assertThat(run("write /proc/x 2")).isEqualTo(1);
    kernel.written = new RunningKernel.Written(true, 0, 1);
    assertThat(run("write /proc/x 3")).isEqualTo(1);
    assertThat(run("write")).isEqualTo(1);
    assertThat(run("write -n")).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "write: /proc/x: Permission denied\n"
                + "write: /proc/x: write error: Invalid argument\n"
                + "write: /proc/x: write error: it took only 1 of 2 bytes\n"
                + "write: missing file name: try 'jiffy write /dev/kmsg hello'\n"
                + "write: missing file name: try 'jiffy write /dev/kmsg hello'\n");
  }

  @Test
  void ls_ofDirectoriesAndFiles_listsThem() {
    kernel.files.put("/sys/module/kt/parameters/interval", "3\n");
    kernel.files.put("/sys/module/kt/parameters/x", "4\n");
    assertThat(run("ls /sys/module/kt/parameters")).isZero();
    assertThat(out()).isEqualTo("interval\nx\n");
    assertThat(run("ls /sys//module/./kt/parameters/")).isZero();
    assertThat(out()).isEqualTo("interval\nx\ninterval\nx\n");
    assertThat(run("ls -l /sys/module/kt/parameters/x")).isZero();
    assertThat(out()).endsWith("\n-rw-r--r-- /sys/module/kt/parameters/x\n");
    assertThat(run("ls /nosuch /sys/module/kt/parameters x")).isEqualTo(1);
    assertThat(out()).endsWith("x\n/sys/module/kt/parameters:\ninterval\nx\n");
    assertThat(err())
        .isEqualTo("ls: /nosuch: No such file or directory\nls: x: No such file or directory\n");
  }

  @Test
  void cat_thatFailsMidway_saysWhyAndGoesOn() {
    kernel.files.put("/dev/kmsg", "6,1,0,-;one\n");
    kernel.result = -Errno.EPIPE;
    assertThat(run("cat /dev/kmsg /dev /dev/kmsg")).isEqualTo(1);
    assertThat(out()).isEqualTo("6,1,0,-;one\n6,1,0,-;one\n");
    assertThat(err())
        .isEqualTo(
            "cat: /dev/kmsg: Broken pipe\n"
                + "cat: /dev: Is a directory: 'jiffy ls /dev' lists it\n"
                + "cat: /dev/kmsg: Broken pipe\n");
  }

  @Test
  void dmesg_ofAUserWhoMayNotReadTheLog_isRefused() {
    kernel.mayReadLog = false;
    assertThat(run("dmesg")).isEqualTo(1);
    assertThat(err()).isEqualTo("dmesg: read kernel buffer failed: Operation not permitted\n");
    assertThat(kernel.calls).isEmpty();
  }

  @Test
  void status_onAKernel_tellsWhichAndHow() {
    kernel.has("kt", 0);
    kernel.files.put("/proc/uptime", "12.34 20.00\n");
    kernel.files.put("/proc/jiffy/unloaded", "kt collected\nkt held\nx not collected yet\n");
    assertThat(run("status")).isZero();
    assertThat(out().lines().map(line -> line.substring(0, 13).strip()))
        .containsExactly(
            "pid",
            "uptime",
            "modules",
            "unloaded",
            "directory",
            "jdk",
            "cpus",
            "hz",
            "command line");
    assertThat(out())
        .contains("pid           " + ProcessHandle.current().pid())
        .contains("uptime        12.34 s")
        .contains("modules       1: kt")
        .contains("unloaded      3, 1 collected")
        .contains("directory     /run/jiffy");
  }

  @Test
  void tool_whoseOutputCannotBeWritten_endsQuietly() {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("gone");
          }
        };
    assertThat(run(kernel, closed, "lsmod")).isEqualTo(1);
    assertThat(err()).isEmpty();
  }
}
