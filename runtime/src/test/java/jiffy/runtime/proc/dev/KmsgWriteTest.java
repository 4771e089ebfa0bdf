package jiffy.runtime.proc.dev;

import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EPERM;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.PrintkSettings.DevKmsg;
import jiffy.runtime.proc.OpenFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What users write into the log through /dev/kmsg. */
@OnBothPlatforms
class KmsgWriteTest {
  private final KmsgRoom room;
  private final TestKernel kernel;

  KmsgWriteTest(Platform platform) {
    room = new KmsgRoom(platform, "printk.caller=on");
    kernel = room.kernel;
  }

  @AfterEach
  void halt() {
    room.close();
  }

  /** What is read back, without number, time and caller. */
  private List<String> written(OpenFile log) {
    return room.readAll(log).stream()
        .map(record -> KmsgRoom.timeless(record).replaceFirst(",caller=T\\d+;", ";"))
        .toList();
  }

  /** As a Linux 6.1 recorded it. */
  @Test
  void write_isARecordOfItsPriority() {
    try (OpenFile log = room.openAtEnd()) {
      room.echo("user says hi");
      room.echo("<3>user says err");
      room.echo("<14>user.info line1");
      room.echo("line2");
      assertThat(written(log))
          .containsExactly(
              "12,-;user says hi\n",
              "11,-;user says err\n",
              "14,-;user.info line1\n",
              "12,-;line2\n");
    }
  }

  @Test
  void write_cannotSpeakAsTheKernel() {
    try (OpenFile log = room.openAtEnd()) {
      room.echo("<0>facility 0");
      room.echo("<191>the last facility with a name");
      room.echo("<3 text");
      room.echo("<a>text");
      room.echo("< 3>text");
      room.echo("<3>");
      assertThat(written(log))
          .containsExactly(
              "8,-;facility 0\n",
              "191,-;the last facility with a name\n",
              "12,-;<3 text\n",
              "12,-;<a>text\n",
              "12,-;< 3>text\n",
              "11,-;\n");
    }
  }

  @Test
  void write_withoutAPriority_hasTheDefaultLevel() {
    try (OpenFile log = room.openAtEnd()) {
      room.machine.log().levels().setAll(new int[] {7, 6, 1, 7});
      room.echo("x");
      assertThat(written(log)).containsExactly("14,-;x\n");
    }
  }

  @Test
  void write_ofSeveralLines_isOneRecord() {
    try (OpenFile log = room.openAtEnd()) {
      room.echo("<6>one write\ntwo lines");
      assertThat(written(log)).containsExactly("14,-;one write\\x0atwo lines\n");
    }
  }

  @Test
  void write_saysWhoWrites() {
    try (OpenFile log = room.openAtEnd()) {
      room.echo("mine");
      assertThat(room.read(log)).contains(",-,caller=T" + room.self.task().pid + ";mine\n");
    }
  }

  @Test
  void write_longerThanALine_isEinval() {
    try (OpenFile log = room.openAtEnd();
        OpenFile file = room.open(O_WRONLY)) {
      assertThat(room.write(file, "x".repeat(Log.LINE_MAX + 1))).isEqualTo(-EINVAL);
      assertThat(room.write(file, "x".repeat(Log.LINE_MAX - 1) + "\n")).isEqualTo(Log.LINE_MAX);
      assertThat(written(log)).containsExactly("12,-;" + "x".repeat(Log.LINE_MAX - 1) + "\n");
    }
  }

  @Test
  void write_toAFileOpenForReading_isEbadf() {
    try (OpenFile file = room.open(O_RDONLY)) {
      assertThat(room.write(file, "x")).isEqualTo(-EBADF);
    }
  }

  @Test
  void write_ofMoreThanTheBurst_isSwallowedAndSummedUpAtTheEnd() {
    kernel.virtualTimeOnly("the burst has to be over before its interval is");
    try (OpenFile log = room.openAtEnd()) {
      try (OpenFile file = room.open(O_RDWR);
          OpenFile other = room.open(O_WRONLY)) {
        for (int i = 0; i < 12; i++) {
          assertThat(room.write(file, "line " + i)).as("as if it had been taken").isPositive();
        }
        assertThat(written(log)).hasSize(10).endsWith("12,-;line 9\n");
        room.write(other, "a limit of its own");
        assertThat(written(log)).containsExactly("12,-;a limit of its own\n");
        kernel.sim().advance(Duration.ofSeconds(6));
        for (int i = 0; i < 11; i++) {
          room.write(file, "later " + i);
        }
        assertThat(written(log)).as("nothing is said before the end").hasSize(10);
      }
      assertThat(written(log))
          .containsExactly("4,-;insmod: 3 output lines suppressed due to ratelimiting\n");
    }
  }

  @Test
  void close_ofAFileThatLostNothing_saysNothing() {
    try (OpenFile log = room.openAtEnd()) {
      OpenFile file = room.open(O_WRONLY);
      room.write(file, "x");
      file.close();
      file.close();
      assertThat(written(log)).containsExactly("12,-;x\n");
    }
  }

  @Test
  void write_withDevkmsgOn_isNotLimited() {
    room.machine.printkSettings().setDevKmsg(DevKmsg.ON);
    try (OpenFile log = room.openAtEnd();
        OpenFile file = room.open(O_WRONLY)) {
      for (int i = 0; i < 50; i++) {
        room.write(file, "x");
      }
      assertThat(written(log)).hasSize(50);
    }
  }

  @Test
  void write_withDevkmsgOff_isSwallowed() {
    try (OpenFile log = room.openAtEnd();
        OpenFile file = room.open(O_WRONLY)) {
      room.machine.printkSettings().setDevKmsg(DevKmsg.OFF);
      assertThat(room.write(file, "x")).isEqualTo(1);
      assertThat(room.write(file, "x".repeat(Log.LINE_MAX + 1))).isEqualTo(-EINVAL);
      assertThat(written(log)).isEmpty();
      assertThat(room.echo("x")).isEqualTo(-EPERM);
      assertThat(room.open(O_RDONLY).error()).isEqualTo(-EPERM);
    }
  }

  /** Text for text: what a Linux 6.1 gave out, written here, is given out alike. */
  @Test
  void read_ofARecordedLog_isAsLinuxGaveItOut() throws IOException {
    room.machine.printkSettings().setDevKmsg(DevKmsg.ON);
    List<String> recorded = recorded();
    assertThat(recorded).hasSizeGreaterThan(300);
    try (OpenFile log = room.openAtEnd();
        OpenFile file = room.open(O_WRONLY)) {
      for (String record : recorded) {
        int priority = Integer.parseInt(record.substring(0, record.indexOf(',')));
        String text = record.substring(record.indexOf(';') + 1);
        byte[] bytes = bytes("<" + (priority | 8) + ">" + text + "\n");
        assertThat(room.write(file, bytes)).isEqualTo(bytes.length);
        assertThat(written(log)).containsExactly((priority | 8) + ",-;" + text + "\n");
      }
    }
  }

  /** Of the records of the recording those that a user could have written. */
  private static List<String> recorded() throws IOException {
    try (InputStream in =
        KmsgWriteTest.class.getResourceAsStream("/truth/semprobe_printk_kmsg.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith(" ") && line.length() < Log.LINE_MAX)
          .toList();
    }
  }

  /** Takes the escapes back. */
  private static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\x", i)) {
        bytes.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }
}
