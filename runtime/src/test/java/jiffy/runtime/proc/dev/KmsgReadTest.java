package jiffy.runtime.proc.dev;

import static jiffy.linux.Errno.EAGAIN;
import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.EPERM;
import static jiffy.linux.Errno.EPIPE;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Errno.ESPIPE;
import static jiffy.linux.Fs.O_NONBLOCK;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Fs.SEEK_CUR;
import static jiffy.linux.Fs.SEEK_DATA;
import static jiffy.linux.Fs.SEEK_END;
import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.runtime.proc.OpenFile.EPOLLERR;
import static jiffy.runtime.proc.OpenFile.EPOLLIN;
import static jiffy.runtime.proc.OpenFile.EPOLLPRI;
import static jiffy.runtime.proc.OpenFile.EPOLLRDNORM;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Task;
import jiffy.runtime.sched.Tasks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The log, read record by record through /dev/kmsg. */
@OnBothPlatforms
class KmsgReadTest {
  private static final int READABLE = EPOLLIN | EPOLLRDNORM;

  private final KmsgRoom room;
  private final TestKernel kernel;
  private final Machine machine;
  private final List<String> result = new CopyOnWriteArrayList<>();

  KmsgReadTest(Platform platform) {
    room = new KmsgRoom(platform, "log_buf_len=4K");
    kernel = room.kernel;
    machine = room.machine;
  }

  @AfterEach
  void halt() {
    room.close();
  }

  @Test
  void read_givesOneRecordACall_fromTheOldestOn() {
    for (int opens = 0; opens < 2; opens++) {
      try (OpenFile file = room.open(O_RDONLY | O_NONBLOCK)) {
        List<String> records = room.readAll(file);
        assertThat(records.get(0)).matches("5,0,\\d+,-;Jiffy version [^\n]*\n");
        assertThat(records.get(1)).matches("6,1,\\d+,-;Command line: [^\n]*\n");
      }
    }
  }

  @Test
  void read_escapesWhatIsNotPrintable() {
    try (OpenFile file = room.openAtEnd()) {
      room.print("a\\b\tc\nd\u007fé");
      assertThat(KmsgRoom.timeless(room.read(file)))
          .isEqualTo("6,-;a\\x5cb\\x09c\\x0ad\\x7f\\xc3\\xa9\n");
    }
  }

  @Test
  void read_ofARecordOfADevice_hasALineForEachProperty() {
    try (OpenFile file = room.openAtEnd()) {
      machine.log().vprintk(room.self, 4, "block", "b12:8", "both\n", new Object[0]);
      machine.log().vprintk(room.self, 4, "a\nb\\é", "", "one\n", new Object[0]);
      machine.log().vprintk(room.self, 4, "", "+platform:adc", "other\n", new Object[0]);
      assertThat(room.readAll(file).stream().map(KmsgRoom::timeless))
          .containsExactly(
              "4,-;both\n SUBSYSTEM=block\n DEVICE=b12:8\n",
              "4,-;one\n SUBSYSTEM=a\\x0ab\\x5c\\xc3\\xa9\n",
              "4,-;other\n DEVICE=+platform:adc\n");
    }
  }

  @Test
  void read_intoTooSmallABuffer_isEinvalAndPassesTheRecordOver() {
    try (OpenFile file = room.openAtEnd()) {
      room.print("first");
      room.print("second");
      assertThat(KmsgRoom.read(room.self, file, 10)).isEqualTo("" + -EINVAL);
      assertThat(KmsgRoom.timeless(room.read(file))).isEqualTo("6,-;second\n");
    }
  }

  @Test
  void read_intoABufferThatJustFits_givesTheRecord() {
    try (OpenFile file = room.openAtEnd();
        OpenFile again = room.openAtEnd()) {
      room.print("text");
      String record = room.read(file);
      assertThat(KmsgRoom.read(room.self, again, record.length())).isEqualTo(record);
    }
  }

  @Test
  void read_ofNothingNewWithNonblock_isEagain() {
    try (OpenFile file = room.openAtEnd()) {
      assertThat(room.read(file)).isEqualTo("" + -EAGAIN);
      assertThat(file.poll(room.self)).isZero();
      room.print("new");
      assertThat(file.poll(room.self)).isEqualTo(READABLE);
      assertThat(room.read(file)).endsWith(";new\n");
      assertThat(room.read(file)).isEqualTo("" + -EAGAIN);
    }
  }

  @Test
  void read_ofNothingNew_waitsForTheNextRecord() {
    Task first = room.reader(result);
    Task second = room.reader(result);
    kernel.until("both wait", () -> TestKernel.sleeps(first) && TestKernel.sleeps(second));
    assertThat(result).isEmpty();
    room.print("it comes");
    kernel.join(first);
    kernel.join(second);
    assertThat(result).hasSize(2).allMatch(record -> record.endsWith(",-;it comes\n"));
  }

  @Test
  void read_ofOneRecordAfterTheOther_missesNone() {
    Task reader =
        kernel.start(
            "cat",
            () -> {
              Context caller = (Context) Current.get();
              try (OpenFile file = machine.proc().open(caller, KmsgRoom.KMSG, O_RDONLY)) {
                file.seek(caller, 0, SEEK_END);
                result.add("ready");
                for (int i = 0; i < 20; i++) {
                  result.add(KmsgRoom.read(caller, file, KmsgRoom.ENOUGH).replaceAll(".*;", ""));
                }
                return 0;
              }
            });
    kernel.until("it is there", () -> !result.isEmpty());
    for (int i = 0; i < 20; i++) {
      room.print("line " + i);
      if (i % 3 == 0) {
        kernel.settle();
      }
    }
    kernel.join(reader);
    assertThat(result).hasSize(21).endsWith("line 18\n", "line 19\n");
  }

  @Test
  void read_thatWaits_endsWithASignal() {
    Task reader = room.reader(result);
    kernel.until("it waits", () -> TestKernel.sleeps(reader));
    kernel.signal(reader, Scheduler.SIGINT);
    kernel.join(reader);
    assertThat(result).containsExactly("" + -ERESTARTSYS);
  }

  @Test
  void read_afterTheKernelsEnd_findsTheRestAndThenTheEnd() {
    try (OpenFile file = room.openAtEnd()) {
      Task reader = room.reader(result);
      kernel.until("it waits", () -> TestKernel.sleeps(reader));
      machine.kmsg().end();
      kernel.join(reader);
      assertThat(result).containsExactly("");
      room.print("last words");
      assertThat(room.read(file)).endsWith(";last words\n");
      assertThat(room.read(file)).isEmpty();
    }
  }

  @Test
  void read_ofWhatIsOverwritten_isEpipeOnceThenTheOldest() {
    try (OpenFile file = room.open(O_RDONLY | O_NONBLOCK)) {
      String first = room.read(file);
      overwrite();
      assertThat(first).startsWith("5,0,");
      assertThat(file.poll(room.self)).isEqualTo(READABLE | EPOLLERR | EPOLLPRI);
      assertThat(room.read(file)).isEqualTo("" + -EPIPE);
      assertThat(file.poll(room.self)).isEqualTo(READABLE);
      String oldest = room.read(file);
      try (OpenFile fresh = room.open(O_RDONLY | O_NONBLOCK)) {
        assertThat(room.read(fresh)).isEqualTo(oldest);
      }
      assertThat(room.readAll(file)).isNotEmpty().noneMatch(record -> record.startsWith("-"));
    }
  }

  /** Fills the log until nothing that was in it is left. */
  private void overwrite() {
    long before = machine.log().ring().nextSeq();
    while (machine.log().ring().oldestSeq() < before) {
      room.print("x".repeat(200));
    }
  }

  @Test
  void seek_goesToTheOldestTheClearMarkAndTheEnd() {
    room.print("before");
    machine.log().clear();
    room.print("after");
    try (OpenFile file = room.open(O_RDONLY | O_NONBLOCK)) {
      assertThat(file.seek(room.self, 0, SEEK_DATA)).isZero();
      assertThat(room.read(file)).endsWith(";after\n");
      assertThat(file.seek(room.self, 0, SEEK_SET)).isZero();
      assertThat(room.read(file)).as("clearing moves a mark only").startsWith("5,0,");
      assertThat(file.seek(room.self, 0, SEEK_END)).isZero();
      assertThat(room.read(file)).isEqualTo("" + -EAGAIN);
    }
  }

  @Test
  void seek_byAnOffsetOrFromHere_isRefused() {
    try (OpenFile file = room.open(O_RDONLY | O_NONBLOCK)) {
      assertThat(file.seek(room.self, 1, SEEK_SET)).isEqualTo(-ESPIPE);
      assertThat(file.seek(room.self, -1, SEEK_CUR)).isEqualTo(-ESPIPE);
      assertThat(file.seek(room.self, 0, SEEK_CUR)).isEqualTo(-EINVAL);
      assertThat(file.seek(room.self, 0, 4)).isEqualTo(-EINVAL);
      assertThat(room.read(file)).as("it has not moved").startsWith("5,0,");
    }
  }

  @Test
  void clear_keepsTheNumbersGoing() {
    try (OpenFile file = room.openAtEnd()) {
      room.print("one");
      machine.log().clear();
      room.print("two");
      List<String> records = room.readAll(file);
      assertThat(numberOf(records.get(1))).isEqualTo(numberOf(records.get(0)) + 1);
    }
  }

  private static long numberOf(String record) {
    return Long.parseLong(record.split(",")[1]);
  }

  @Test
  void read_ofAFileOpenForWriting_isEbadf() {
    try (OpenFile file = room.open(O_WRONLY)) {
      assertThat(room.read(file)).isEqualTo("" + -EBADF);
    }
  }

  @Test
  void readAt_knowsNoOffsets() {
    try (OpenFile file = room.openAtEnd()) {
      room.print("at");
      byte[] record = new byte[KmsgRoom.ENOUGH];
      assertThat(file.readAt(room.self, record, record.length, 100)).isPositive();
    }
  }

  @Test
  void open_ofARestrictedLog_isForThePrivileged() {
    machine.printkSettings().restrictDmesg(true);
    assertThat(room.open(O_RDONLY).error()).as("the kernel's owner").isZero();
    Task other =
        kernel.start(
            "cat",
            () -> {
              Context caller = (Context) Current.get();
              Tasks.dropPrivileges(caller.task());
              for (int flags : new int[] {O_RDONLY, O_WRONLY}) {
                try (OpenFile file = machine.proc().open(caller, KmsgRoom.KMSG, flags)) {
                  result.add("" + file.error());
                }
              }
              try (OpenFile file =
                  machine.proc().open(caller, "/proc/sys/kernel/dmesg_restrict", O_WRONLY)) {
                result.add("" + file.write(caller, new byte[] {'0'}, 0, 1));
              }
              machine.printkSettings().restrictDmesg(false);
              try (OpenFile file = machine.proc().open(caller, KmsgRoom.KMSG, O_RDONLY)) {
                result.add("" + file.error());
              }
              return 0;
            });
    kernel.join(other);
    assertThat(result).containsExactly("" + -EPERM, "0", "" + -EPERM, "0");
  }

  @Test
  void file_isListedAndItsDirectoryIsOne() {
    assertThat(machine.proc().list()).contains(KmsgRoom.KMSG);
    assertThat(machine.proc().open(room.self, "/dev", O_RDONLY).error()).isEqualTo(-EISDIR);
  }
}
