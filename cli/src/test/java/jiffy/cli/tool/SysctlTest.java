package jiffy.cli.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.linux.Errno;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** sysctl, in procps' words. */
class SysctlTest {
  private final FakeKernel kernel = new FakeKernel();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  @BeforeEach
  void settings() {
    kernel.files.put("/proc/sys/kernel/printk", "7\t4\t1\t7\n");
    kernel.files.put("/proc/sys/kernel/printk_devkmsg", "ratelimit\n");
    kernel.files.put("/proc/sys/net/a.b/two", "first\nsecond\n");
    kernel.files.put("/proc/version", "no setting\n");
  }

  private int run(String... words) {
    return Toolbox.run(
        new Invocation(
            "sysctl",
            List.of(words),
            Path.of("/"),
            Map.of(),
            false,
            out,
            err,
            HangUp.NEVER,
            kernel,
            Path.of("/run/jiffy")));
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
        "kernel.printk|kernel.printk = 7\t4\t1\t7;",
        "kernel/printk|kernel.printk = 7\t4\t1\t7;",
        "-n kernel.printk|7\t4\t1\t7;",
        "--values kernel.printk|7\t4\t1\t7;",
        "-N kernel.printk|kernel.printk;",
        "-b kernel.printk_devkmsg|ratelimit",
        "kernel|kernel.printk = 7\t4\t1\t7;kernel.printk_devkmsg = ratelimit;",
        "net.a/b.two|net.a/b.two = first;net.a/b.two = second;",
        "net/a.b/two|net.a/b.two = first;net.a/b.two = second;",
        "-e no.such kernel.printk_devkmsg|kernel.printk_devkmsg = ratelimit;",
        "-an|7\t4\t1\t7;ratelimit;first;second;",
      })
  void read_ofVariables_showsThem(String line, String shown) {
    assertThat(run(line.split(" "))).isZero();
    assertThat(out()).isEqualTo(shown.replace(';', '\n'));
    assertThat(err()).isEmpty();
  }

  @Test
  void all_showsWhatIsUnderProcSys() {
    assertThat(run("-a")).isZero();
    assertThat(out())
        .isEqualTo(
            "kernel.printk = 7\t4\t1\t7\nkernel.printk_devkmsg = ratelimit\n"
                + "net.a/b.two = first\nnet.a/b.two = second\n");
  }

  @Test
  void write_ofAValue_writesALineAndShowsIt() {
    assertThat(run("kernel.printk=4 4 1 7")).isZero();
    assertThat(run("-w", "kernel/printk=5")).isZero();
    assertThat(run("-n", "kernel.printk=6")).isZero();
    assertThat(run("-q", "kernel.printk=")).isZero();
    assertThat(kernel.calls)
        .containsExactly(
            "write /proc/sys/kernel/printk 4 4 1 7\n",
            "write /proc/sys/kernel/printk 5\n",
            "write /proc/sys/kernel/printk 6\n",
            "write /proc/sys/kernel/printk \n");
    assertThat(out()).isEqualTo("kernel.printk = 4 4 1 7\nkernel.printk = 5\n6\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true|22|sysctl: setting key \"kernel.printk\": Invalid argument",
        "true|1|sysctl: setting key \"kernel.printk\": Operation not permitted",
        "false|13|sysctl: permission denied on key \"kernel.printk\"",
        "false|21|sysctl: setting key \"kernel.printk\": Is a directory",
        "false|2|sysctl: cannot stat /proc/sys/kernel/printk: No such file or directory",
      })
  void write_thatFails_saysWhyAndGoesOn(boolean isOpened, int error, String complaint) {
    kernel.written = new RunningKernel.Written(isOpened, -error, 0);
    assertThat(run("kernel.printk=x", "kernel.printk_devkmsg")).isEqualTo(1);
    assertThat(err()).isEqualTo(complaint + "\n");
    assertThat(out()).isEqualTo("kernel.printk_devkmsg = ratelimit\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kernel.x|sysctl: cannot stat /proc/sys/kernel/x: No such file or directory",
        "net/../../version|sysctl: cannot stat /proc/sys/net/../../version: No such file or directory",
        "-w kernel.printk|sysctl: \"kernel.printk\" must be of the form name=value",
        "=3|sysctl: malformed setting \"=3\"",
      })
  void words_thatNameNothing_areNamed(String line, String complaint) {
    assertThat(run(line.split(" "))).isEqualTo(1);
    assertThat(err()).isEqualTo(complaint + "\n");
    assertThat(kernel.calls).isEmpty();
  }

  @Test
  void read_thatFails_saysWhy() {
    kernel.result = -Errno.EPERM;
    assertThat(run("kernel.printk")).isEqualTo(1);
    assertThat(err()).isEqualTo("sysctl: reading key \"kernel.printk\": Operation not permitted\n");
    assertThat(out()).isEmpty();
  }

  @Test
  void usage_isOfferedWhereItHelps() {
    assertThat(run()).isEqualTo(1);
    assertThat(err())
        .isEqualTo("sysctl: no variables specified\nTry `sysctl --help' for more information.\n");
    err.reset();
    assertThat(run("-Z")).isEqualTo(1);
    assertThat(err()).startsWith("sysctl: invalid option -- 'Z'\n\nUsage:\n");
    err.reset();
    assertThat(run("--zap")).isEqualTo(1);
    assertThat(err()).startsWith("sysctl: unrecognized option '--zap'\n\nUsage:\n");
    assertThat(out()).isEmpty();
    assertThat(run("-h")).isZero();
    assertThat(out()).contains("Usage:\n sysctl [options]");
  }
}
