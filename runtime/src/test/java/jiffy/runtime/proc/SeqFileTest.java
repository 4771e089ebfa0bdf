package jiffy.runtime.proc;

import static jiffy.linux.Err.ERR_PTR;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ENOMEM;
import static jiffy.linux.Fs.SEEK_CUR;
import static jiffy.linux.Fs.SEEK_END;
import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.ProcFs.proc_create_seq;
import static jiffy.linux.SeqFiles.SEQ_SKIP;
import static jiffy.linux.SeqFiles.SEQ_START_TOKEN;
import static jiffy.linux.SeqFiles.seq_printf;
import static jiffy.linux.SeqFiles.seq_putc;
import static jiffy.linux.SeqFiles.seq_puts;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.SeqOperations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of records: what a reader gets, and how often the records are made. */
@OnBothPlatforms
class SeqFileTest extends SeqFixture {
  private final Records records = new Records(1000);

  SeqFileTest(Platform platform) {
    super(platform);
  }

  private OpenFile open(SeqOperations ops) {
    proc_create_seq("seq", 0, null, ops);
    return machine.proc().open(test.context(), "/proc/seq");
  }

  private String readAll(OpenFile file, int count) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] into = new byte[count];
    long got;
    while ((got = file.read(test.context(), into, count)) > 0) {
      all.write(into, 0, (int) got);
    }
    assertThat(got).isZero();
    return all.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 100, 4095, 4096, 4097, 131072})
  void read_inPiecesOfAnySize_givesEachRecordOnce(int size) {
    try (OpenFile file = open(records)) {
      assertThat(readAll(file, size)).isEqualTo(records.text());
      assertThat(records.passes).as("each start has its stop").isEqualTo(records.ends);
    }
  }

  @Test
  void read_withMuchRoom_givesWholeRecordsOfOnePage() {
    try (OpenFile file = open(records)) {
      String first = read(file, 131072);
      assertThat(first.length()).isBetween(4000, 4095);
      assertThat(first).endsWith("\n");
      assertThat(records.text()).startsWith(first);
      assertThat(records.passes).isEqualTo(1);
    }
  }

  @Test
  void read_ofARecordThatDoesNotFit_doublesTheBufferAndMakesItAgain() {
    List<Integer> sizes = new ArrayList<>();
    Records one = new Records(1);
    one.show =
        (m, v) -> {
          seq_puts(m, "x".repeat(10_000));
          sizes.add(m.size);
          return 0;
        };
    try (OpenFile file = open(one)) {
      assertThat(readAll(file, 4096)).hasSize(10_000);
      assertThat(sizes).containsExactly(4096, 8192, 16384);
      assertThat(one.passes).isEqualTo(one.ends);
    }
  }

  /** C keeps a byte for the NUL; seq_putc, which needs none, fills the last one and overflows. */
  @ParameterizedTest
  @ValueSource(ints = {4094, 4095, 4096, 4097, 8191, 8192})
  void read_ofARecordAtTheEdgeOfTheBuffer_isWhole(int length) {
    Records one = new Records(1);
    one.show =
        (m, v) -> {
          for (int i = 1; i < length; i++) {
            seq_putc(m, 'a' + i % 26);
          }
          seq_puts(m, "$");
          return 0;
        };
    try (OpenFile file = open(one)) {
      assertThat(readAll(file, 100_000)).hasSize(length).endsWith("$");
    }
  }

  @Test
  void show_thatSkips_leavesNoTrace() {
    records.show =
        (m, v) -> {
          seq_printf(m, "%d\n", (Integer) v);
          return (Integer) v % 3 == 0 ? 0 : SEQ_SKIP;
        };
    try (OpenFile file = open(records)) {
      assertThat(readAll(file, 100).lines().limit(3)).containsExactly("0", "3", "6");
    }
  }

  @Test
  void show_thatAlwaysSkips_isAnEmptyFile() {
    records.show =
        (m, v) -> {
          seq_puts(m, "never seen");
          return SEQ_SKIP;
        };
    try (OpenFile file = open(records)) {
      assertThat(readAll(file, 100)).isEmpty();
    }
  }

  @Test
  void show_thatFails_isSeenOnceWhatIsBeforeItHasBeenRead() {
    records.show =
        (m, v) -> {
          seq_printf(m, "%d\n", (Integer) v);
          return (Integer) v == 2 ? -EIO : 0;
        };
    try (OpenFile file = open(records)) {
      assertThat(read(file, 100)).isEqualTo("0\n1\n");
      assertThat(read(file, 100)).isEqualTo("-5");
      assertThat(read(file, 100)).isEqualTo("-5");
    }
  }

  @Test
  void start_thatFails_failsTheReadAndStopGetsTheError() {
    records.start = (m, pos) -> ERR_PTR(-ENOMEM);
    try (OpenFile file = open(records)) {
      assertThat(read(file, 100)).isEqualTo("-12");
      assertThat(records.lastStopped).hasToString("ERR_PTR(-12)");
    }
  }

  @Test
  void next_thatFails_failsTheReadAfterThat() {
    records.next =
        (m, v, pos) -> {
          pos.value++;
          return ERR_PTR(-EIO);
        };
    records.start = (m, pos) -> pos.value == 0 ? (Object) 0 : ERR_PTR(-EIO);
    try (OpenFile file = open(records)) {
      assertThat(read(file, 100)).isEqualTo(Records.line(0));
      assertThat(read(file, 100)).isEqualTo("-5");
    }
  }

  @Test
  void start_withoutARecord_isTheEndAndStopGetsNull() {
    Records none = new Records(0);
    try (OpenFile file = open(none)) {
      assertThat(read(file, 100)).isEmpty();
      assertThat(none.lastStopped).isNull();
      assertThat(none.ends).isEqualTo(1);
    }
  }

  @Test
  void next_thatDoesNotMoveOn_isNamedOnceAndTheFileEnds() {
    Records three = new Records(3);
    three.next = (m, v, pos) -> (Integer) v + 1 < 3 ? (Object) ((Integer) v + 1) : null;
    try (OpenFile file = open(three)) {
      assertThat(readAll(file, 4096)).isEqualTo(three.text());
    }
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("seq_file: buggy .next function "))
        .singleElement()
        .asString()
        .endsWith(" did not update position index");
  }

  @Test
  void start_withTheToken_isTheHeadLine() {
    Records two = new Records(2);
    SeqOperations headed = new SeqOperations();
    headed.start =
        (m, pos) -> {
          if (pos.value == 0) {
            return SEQ_START_TOKEN;
          }
          return pos.value <= 2 ? (Object) (int) (pos.value - 1) : null;
        };
    headed.next =
        (m, v, pos) -> {
          pos.value++;
          return headed.start.start(m, pos);
        };
    headed.stop = (m, v) -> {};
    headed.show =
        (m, v) -> {
          if (v == SEQ_START_TOKEN) {
            seq_puts(m, "head\n");
            return 0;
          }
          return two.show.show(m, v);
        };
    try (OpenFile file = open(headed)) {
      assertThat(readAll(file, 3)).isEqualTo("head\n" + two.text());
    }
  }

  @Test
  void seek_toAnyByte_readsOnFromThere() {
    String text = records.text();
    try (OpenFile file = open(records)) {
      assertThat(file.seek(test.context(), 12_345, SEEK_SET)).isEqualTo(12_345);
      assertThat(read(file, 10)).isEqualTo(text.substring(12_345, 12_355));
      assertThat(file.seek(test.context(), -10, SEEK_CUR)).isEqualTo(12_345);
      assertThat(readAll(file, 4096)).isEqualTo(text.substring(12_345));
      assertThat(file.seek(test.context(), 0, SEEK_SET)).isZero();
      assertThat(readAll(file, 4096)).isEqualTo(text);
      assertThat(file.seek(test.context(), 1L << 40, SEEK_SET)).isEqualTo(1L << 40);
      assertThat(read(file, 10)).isEmpty();
      assertThat(file.seek(test.context(), 0, SEEK_END)).isEqualTo(-EINVAL);
      assertThat(file.seek(test.context(), -1, SEEK_SET)).isEqualTo(-EINVAL);
    }
  }

  @Test
  void readAt_anyOffset_doesNotDisturbTheReading() {
    String text = records.text();
    try (OpenFile file = open(records)) {
      assertThat(read(file, 10)).isEqualTo(text.substring(0, 10));
      byte[] into = new byte[20];
      assertThat(file.readAt(test.context(), into, 20, 500)).isEqualTo(20);
      assertThat(new String(into, StandardCharsets.UTF_8)).isEqualTo(text.substring(500, 520));
      assertThat(file.readAt(test.context(), into, 20, -1)).isEqualTo(-EINVAL);
      assertThat(read(file, 10)).isEqualTo(text.substring(10, 20));
    }
  }

  @Test
  void show_thatThrows_isAnOopsAndHarmsOnlyThisRead() {
    int[] bad = {1000};
    SeqOperations.Show good = records.show;
    records.show =
        (m, v) -> {
          good.show(m, v);
          if ((Integer) v >= bad[0]) {
            throw new IllegalStateException("boom");
          }
          return 0;
        };
    String text = records.text();
    try (OpenFile file = open(records)) {
      assertThat(read(file, 50)).isEqualTo(text.substring(0, 50));
      bad[0] = 10;
      assertThat(file.readAt(test.context(), new byte[9], 9, 700)).isEqualTo(-EFAULT);
      bad[0] = 1000;
      assertThat(read(file, 20_000)).startsWith(text.substring(50, 2000));
      bad[0] = 500;
      String more = read(file, 20_000);
      while (!more.equals("-14")) { // the records before it, of the same pass, are lost with it
        more = read(file, 20_000);
      }
      bad[0] = 1000;
      long at = file.seek(test.context(), 0, SEEK_CUR);
      assertThat(at).isBetween(100L, (long) text.indexOf("record 500 "));
      assertThat(readAll(file, 99)).isEqualTo(text.substring((int) at));
    }
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("boom"));
  }

  /** So many records of different lengths, and how they were asked for. */
  static final class Records extends SeqOperations {
    private final int n;
    int passes;
    int ends;
    Object lastStopped = this;

    Records(int n) {
      this.n = n;
      start =
          (m, pos) -> {
            passes++;
            return pos.value < n ? (Object) (int) pos.value : null;
          };
      next =
          (m, v, pos) -> {
            pos.value++;
            return pos.value < n ? (Object) (int) pos.value : null;
          };
      stop =
          (m, v) -> {
            ends++;
            lastStopped = v;
          };
      show =
          (m, v) -> {
            seq_puts(m, line((Integer) v));
            return 0;
          };
    }

    static String line(int i) {
      return "record " + i + " " + "ab".repeat(i * 7 % 23) + "\n";
    }

    String text() {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < n; i++) {
        text.append(line(i));
      }
      return text.toString();
    }
  }
}
