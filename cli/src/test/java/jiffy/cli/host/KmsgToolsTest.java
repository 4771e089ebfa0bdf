package jiffy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jiffy.cli.tool.HangUp;
import jiffy.cli.tool.Invocation;
import jiffy.cli.tool.Toolbox;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The log's files of a real machine, through the tools. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class KmsgToolsTest {
  @TempDir Path cache;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HostedKernel kernel;

  @BeforeEach
  void boot() {
    kernel = MachineKernel.boot("nr_cpus=1 log_buf_len=4K plugins=", cache, () -> {});
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  /** Standard output that counts down when the text has come. */
  private static final class Watched extends ByteArrayOutputStream {
    private final String text;
    private final CountDownLatch isThere = new CountDownLatch(1);

    Watched(String text) {
      this.text = text;
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) {
      super.write(bytes, offset, length);
      if (toString(StandardCharsets.UTF_8).contains(text)) {
        isThere.countDown();
      }
    }
  }

  private CompletableFuture<Integer> start(
      boolean isPrivileged, HangUp user, OutputStream stdout, String... words) {
    List<String> arguments = List.of(words).subList(1, words.length);
    CompletableFuture<Integer> status = new CompletableFuture<>();
    Invocation call =
        new Invocation(
            words[0],
            arguments,
            Path.of("/"),
            Map.of(),
            false,
            stdout,
            err,
            user,
            kernel.forTools(),
            Path.of("/run/jiffy"));
    kernel.spawn(words[0], isPrivileged, () -> status.complete(Toolbox.run(call)));
    return status;
  }

  /** Runs a tool to its end. @return its status, standard output and error */
  private String run(String... words) {
    return run(true, words);
  }

  private String run(boolean isPrivileged, String... words) {
    out.reset();
    err.reset();
    int status = start(isPrivileged, HangUp.NEVER, out, words).join();
    return status
        + " "
        + out.toString(StandardCharsets.UTF_8)
        + err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void cat_ofTheLog_followsUntilTheUserGoes() throws Exception {
    Leaver user = new Leaver();
    Watched stdout = new Watched(";written later\n");
    CompletableFuture<Integer> cat = start(true, user, stdout, "cat", "/dev/kmsg");
    assertThat(run("write", "/dev/kmsg", "<3>written later")).isEqualTo("0 ");
    stdout.isThere.await();
    assertThat(cat).isNotDone();
    assertThat(stdout.toString(StandardCharsets.UTF_8))
        .startsWith("5,0,")
        .containsPattern("\n11,\\d+,\\d+,-;written later\n");
    user.leave();
    assertThat(cat.get()).isEqualTo(1);
  }

  @Test
  void cat_ofTheLog_endsWithTheKernel() throws Exception {
    Watched stdout = new Watched(";Command line: ");
    CompletableFuture<Integer> cat = start(true, HangUp.NEVER, stdout, "cat", "/dev/kmsg");
    stdout.isThere.await();
    kernel.close();
    assertThat(cat.get()).isZero();
    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
  }

  @Test
  void cat_whoseReaderIsTooSlow_endsWithABrokenPipe() {
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("a record at once");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            for (int i = 0; i < 100; i++) {
              kernel.forTools().syslog("overwrites what has not been read yet");
            }
          }
        };
    assertThat(start(true, HangUp.NEVER, slow, "cat", "/dev/kmsg").join()).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8)).isEqualTo("cat: /dev/kmsg: Broken pipe\n");
  }

  @Test
  void syslog_ofATool_hasTheLevelThatItSays() {
    run("modprobe", "-s", "--showconfig");
    run("rmmod", "-s", "nosuch");
    assertThat(run("dmesg", "-tx"))
        .contains("user  :warn  : modprobe: WARNING: --showconfig is deprecated")
        .contains("user  :err   : rmmod: ERROR: Module nosuch is not currently loaded");
  }

  @Test
  void write_intoTheLog_isOneRecordOrRefused() {
    assertThat(run("write", "/dev/kmsg", "hello", "there")).isEqualTo("0 ");
    assertThat(run("dmesg", "-tx")).contains("user  :warn  : hello there\n");
    assertThat(run("write", "/dev/kmsg", "x".repeat(992)))
        .isEqualTo("1 write: /dev/kmsg: write error: Invalid argument\n");
    assertThat(run("sysctl", "kernel.printk_devkmsg=off"))
        .isEqualTo("0 kernel.printk_devkmsg = off\n");
    assertThat(run("write", "/dev/kmsg", "x"))
        .isEqualTo("1 write: /dev/kmsg: Operation not permitted\n");
  }

  @Test
  void sysctl_showsAndSets() {
    assertThat(run("sysctl", "kernel.printk")).isEqualTo("0 kernel.printk = 7\t4\t1\t7\n");
    assertThat(run("sysctl", "-w", "kernel.printk=4 4 1 7"))
        .isEqualTo("0 kernel.printk = 4 4 1 7\n");
    assertThat(run("cat", "/proc/sys/kernel/printk")).isEqualTo("0 4\t4\t1\t7\n");
    assertThat(run("write", "/proc/sys/kernel/printk", "8")).isEqualTo("0 ");
    assertThat(run("sysctl", "-n", "kernel.printk")).isEqualTo("0 8\t4\t1\t7\n");
    assertThat(run("sysctl", "kernel.printk=x"))
        .isEqualTo("1 sysctl: setting key \"kernel.printk\": Invalid argument\n");
    assertThat(run("sysctl", "kernel=x"))
        .isEqualTo("1 sysctl: setting key \"kernel\": Is a directory\n");
    assertThat(run("sysctl", "kernel.nosuch=x"))
        .isEqualTo("1 sysctl: cannot stat /proc/sys/kernel/nosuch: No such file or directory\n");
    assertThat(run("sysctl", "-a").lines())
        .contains("0 kernel.dmesg_restrict = 0", "kernel.printk_ratelimit = 5");
  }

  @Test
  void dmesgRestrict_keepsOthersOut() {
    String[] restrict = {"sysctl", "kernel.dmesg_restrict=1"};
    assertThat(run(false, "dmesg", "-t")).startsWith("0 Jiffy version");
    assertThat(run(false, restrict))
        .isEqualTo("1 sysctl: setting key \"kernel.dmesg_restrict\": Operation not permitted\n");
    assertThat(run(restrict)).isEqualTo("0 kernel.dmesg_restrict = 1\n");
    assertThat(run("dmesg", "-t")).startsWith("0 Jiffy version");
    assertThat(run(false, "dmesg"))
        .isEqualTo("1 dmesg: read kernel buffer failed: Operation not permitted\n");
    assertThat(run(false, "cat", "/dev/kmsg"))
        .isEqualTo("1 cat: /dev/kmsg: Operation not permitted\n");
    assertThat(run(false, "write", "/dev/kmsg", "but writing is allowed")).isEqualTo("0 ");
    assertThat(run(false, "sysctl", "kernel.dmesg_restrict=0")).startsWith("1 ");
  }

  @Test
  void dmesg_ofAnotherUser_controlsNothing() {
    assertThat(run(false, "dmesg", "-C"))
        .isEqualTo("1 dmesg: clear kernel buffer failed: Operation not permitted\n");
    for (String option : new String[] {"-D", "-E", "-n4"}) {
      assertThat(run(false, "dmesg", option))
          .isEqualTo("1 dmesg: klogctl failed: Operation not permitted\n");
    }
    assertThat(run("cat", "/proc/sys/kernel/printk")).isEqualTo("0 7\t4\t1\t7\n");
    assertThat(run("dmesg", "-C")).isEqualTo("0 ");
    assertThat(run("dmesg")).isEqualTo("0 ");
  }
}
