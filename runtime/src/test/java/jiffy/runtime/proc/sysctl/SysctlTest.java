package jiffy.runtime.proc.sysctl;

import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ENOMEM;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Fs.SEEK_END;
import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.ProcFs.proc_mkdir;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.PrintkSettings.DevKmsg;
import jiffy.runtime.printk.RateLimit;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The files under /proc/sys/kernel: read, written, and what the kernel then does. */
class SysctlTest {
  private static final String KERNEL = "/proc/sys/kernel/";

  private Machine machine = Machine.simulate("hz=250 nr_cpus=1");
  private Attachment self = machine.attach("sysctl");

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  private void reboot(String parameters) {
    halt();
    machine = Machine.simulate(parameters);
    self = machine.attach("sysctl");
  }

  private OpenFile open(String name, int flags) {
    return machine.proc().open(self.context(), KERNEL + name, flags);
  }

  private String read(String name) {
    return machine.proc().read(self.context(), KERNEL + name).orElseThrow();
  }

  private long write(String name, String text) {
    try (OpenFile file = open(name, O_WRONLY)) {
      return write(file, text);
    }
  }

  private long write(OpenFile file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return file.error() != 0 ? file.error() : file.write(self.context(), bytes, 0, bytes.length);
  }

  @ParameterizedTest
  @CsvSource({
    "printk, '7\t4\t1\t7'",
    "printk_ratelimit, 5",
    "printk_ratelimit_burst, 10",
    "printk_devkmsg, ratelimit",
    "dmesg_restrict, 0",
    "tainted, 0",
  })
  void file_atBoot_showsTheDefault(String name, String text) {
    assertThat(read(name)).isEqualTo(text + "\n");
    assertThat(machine.proc().list()).contains(KERNEL + name);
  }

  @ParameterizedTest
  @CsvSource({
    "'4\n', '4\t4\t1\t7'",
    "'4 5\n', '4\t5\t1\t7'",
    "' 1\t2 3  4\n', '1\t2\t3\t4'",
    "'4 4 1 7 9\n', '4\t4\t1\t7'",
    "'0x8 010 -1', '8\t8\t-1\t7'",
    "'15', '15\t4\t1\t7'",
  })
  void printk_takesOneToFourNumbers(String text, String shown) {
    assertThat(write("printk", text)).isEqualTo(text.length());
    assertThat(read("printk")).isEqualTo(shown + "\n");
    String console = shown.substring(0, shown.indexOf('\t'));
    assertThat(machine.log().levels().console()).isEqualTo(Integer.parseInt(console));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "  ",
        "x",
        "4x",
        "4,4",
        "4 x",
        "+4",
        "--4",
        "0x",
        "08",
        "0-1",
        "2147483648",
        "-2147483649",
        "99999999999999999999",
        "000000000000000000004"
      })
  void printk_ofNonsense_isEinvalAndStays(String text) {
    assertThat(write("printk", text)).isEqualTo(-EINVAL);
    assertThat(read("printk")).isEqualTo("7\t4\t1\t7\n");
  }

  @Test
  void write_ofNothing_changesNothing() {
    assertThat(write("printk", "")).isZero();
    assertThat(read("printk")).isEqualTo("7\t4\t1\t7\n");
  }

  @Test
  void write_afterTheFirst_isIgnored() {
    try (OpenFile file = open("printk", O_RDWR)) {
      assertThat(write(file, "3\n")).isEqualTo(2);
      assertThat(write(file, "5\n")).isEqualTo(2);
      assertThat(read("printk")).startsWith("3\t");
      assertThat(file.seek(self.context(), 0, SEEK_SET)).isZero();
      assertThat(write(file, "6\n")).isEqualTo(2);
      assertThat(read("printk")).startsWith("6\t");
    }
  }

  @Test
  void write_ofTooMuch_isEnomem() {
    byte[] much = new byte[4 << 20];
    try (OpenFile file = open("printk", O_WRONLY)) {
      assertThat(file.write(self.context(), much, 0, much.length)).isEqualTo(-ENOMEM);
    }
  }

  @Test
  void write_ofMoreThanAPage_isLookedAtUpToThere() {
    String text = "3" + " ".repeat(4100) + "x";
    assertThat(write("printk", text)).isEqualTo(text.length());
    assertThat(read("printk")).isEqualTo("3\t4\t1\t7\n");
  }

  @Test
  void file_isReadInPiecesAndAgain() {
    byte[] piece = new byte[3];
    try (OpenFile file = open("printk_ratelimit_burst", O_RDONLY)) {
      assertThat(file.read(self.context(), piece, 2)).isEqualTo(2);
      assertThat(file.read(self.context(), piece, 3)).isEqualTo(1);
      assertThat(file.read(self.context(), piece, 3)).isZero();
      write("printk_ratelimit_burst", "7");
      file.seek(self.context(), 0, SEEK_SET);
      assertThat(file.read(self.context(), piece, 3)).isEqualTo(2);
      assertThat(piece[0]).isEqualTo((byte) '7');
      assertThat(file.readAt(self.context(), piece, 3, -1)).isEqualTo(-EINVAL);
      assertThat(file.seek(self.context(), -1, SEEK_SET)).isEqualTo(-EINVAL);
      assertThat(file.seek(self.context(), 0, SEEK_END)).isEqualTo(-EINVAL);
      assertThat(write(file, "1")).isEqualTo(-EBADF);
    }
    try (OpenFile file = open("printk", O_WRONLY)) {
      assertThat(file.read(self.context(), piece, 1)).isEqualTo(-EBADF);
    }
  }

  @Test
  void ratelimit_setsTheStateOfPrintkRatelimit() {
    RateLimit limit = machine.printkSettings().printkRatelimit();
    assertThat(limit.intervalJiffies()).isEqualTo(5 * 250);
    assertThat(write("printk_ratelimit", "1\n")).isEqualTo(2);
    assertThat(write("printk_ratelimit_burst", "2\n")).isEqualTo(2);
    assertThat(limit.acquire(1000)).isZero();
    assertThat(limit.acquire(1000)).isZero();
    assertThat(limit.acquire(1000)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.acquire(1250)).isEqualTo(RateLimit.SUPPRESSED);
    assertThat(limit.acquire(1251)).isEqualTo(2);
    assertThat(write("printk_ratelimit", "0")).isEqualTo(1);
    assertThat(limit.acquire(1251)).isZero();
    assertThat(limit.acquire(1251)).isZero();
    assertThat(limit.acquire(1251)).isZero();
    assertThat(read("printk_ratelimit") + read("printk_ratelimit_burst")).isEqualTo("0\n2\n");
  }

  @Test
  void ratelimit_setForPrintkRatelimit_leavesOtherLimitsAlone() {
    write("printk_ratelimit_burst", "1");
    assertThat(machine.printkSettings().newRateLimit().burst()).isEqualTo(10);
  }

  /** More seconds than fit an int of jiffies. */
  @Test
  void ratelimit_tooLong_isEinval() {
    assertThat(write("printk_ratelimit", "8589935")).isEqualTo(-EINVAL);
    assertThat(write("printk_ratelimit", "8589934")).isEqualTo(7);
    assertThat(read("printk_ratelimit")).isEqualTo("8589934\n");
  }

  @Test
  void devkmsg_takesItsThreeWords() {
    for (String word : new String[] {"on", "off", "ratelimit"}) {
      assertThat(write("printk_devkmsg", word + "\n")).isPositive();
      assertThat(read("printk_devkmsg")).isEqualTo(word + "\n");
    }
    for (String wrong : new String[] {"on", "onn\n", "ON\n", "on \n", "1\n", "\n"}) {
      assertThat(write("printk_devkmsg", wrong)).as(wrong).isEqualTo(-EINVAL);
    }
    assertThat(read("printk_devkmsg")).isEqualTo("ratelimit\n");
  }

  @Test
  void devkmsg_givenAtBoot_isLocked() {
    reboot("printk.devkmsg=on");
    assertThat(read("printk_devkmsg")).isEqualTo("on\n");
    assertThat(write("printk_devkmsg", "off\n")).isEqualTo(-EINVAL);
    assertThat(write("printk_devkmsg", "on\n")).isEqualTo(-EINVAL);
    assertThat(machine.printkSettings().devKmsg()).isEqualTo(DevKmsg.ON);
  }

  @Test
  void dmesgRestrict_isOneOrZero() {
    assertThat(write("dmesg_restrict", "1\n")).isEqualTo(2);
    assertThat(machine.printkSettings().isDmesgRestricted()).isTrue();
    assertThat(write("dmesg_restrict", "2\n")).isEqualTo(-EINVAL);
    assertThat(write("dmesg_restrict", "-1\n")).isEqualTo(-EINVAL);
    assertThat(read("dmesg_restrict")).isEqualTo("1\n");
    assertThat(write("dmesg_restrict", "0\n")).isEqualTo(2);
    assertThat(machine.printkSettings().isDmesgRestricted()).isFalse();
  }

  @Test
  void tainted_takesMoreBitsAndGivesNoneBack() {
    assertThat(write("tainted", "128\n")).isEqualTo(4);
    assertThat(write("tainted", "4096\n")).isEqualTo(5);
    assertThat(write("tainted", "0\n")).isEqualTo(2);
    assertThat(write("tainted", "" + (1 << 19))).as("means nothing").isPositive();
    assertThat(read("tainted")).isEqualTo("4224\n");
    assertThat(write("tainted", "-1\n")).isEqualTo(-EINVAL);
  }

  @Test
  void path_thatIsNone_isEnoentAndTheDirectoryIsOne() {
    assertThat(open("nosuch", O_RDONLY).error()).isEqualTo(-ENOENT);
    assertThat(machine.proc().open(self.context(), "/proc/sys/kernel", O_RDONLY).error())
        .isEqualTo(-EISDIR);
    assertThat(proc_mkdir("sys", null)).as("the kernel's own").isNull();
  }
}
