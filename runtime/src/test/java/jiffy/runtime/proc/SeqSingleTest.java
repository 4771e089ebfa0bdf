package jiffy.runtime.proc;

import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.ProcFs.proc_create;
import static jiffy.linux.ProcFs.proc_create_single_data;
import static jiffy.linux.SeqFiles.SEQ_START_TOKEN;
import static jiffy.linux.SeqFiles.seq_has_overflowed;
import static jiffy.linux.SeqFiles.seq_open;
import static jiffy.linux.SeqFiles.seq_pad;
import static jiffy.linux.SeqFiles.seq_printf;
import static jiffy.linux.SeqFiles.seq_putc;
import static jiffy.linux.SeqFiles.seq_puts;
import static jiffy.linux.SeqFiles.seq_setwidth;
import static jiffy.linux.SeqFiles.seq_write;
import static jiffy.linux.SeqFiles.single_open_size;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import jiffy.linux.SeqFiles;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.proc.SeqFileTest.Records;
import jiffy.types.ProcOps;
import jiffy.types.SeqFile;
import org.junit.jupiter.api.Test;

/** The printers of files of records, files of one record, and one that a module opens itself. */
@OnBothPlatforms
class SeqSingleTest extends SeqFixture {
  private final Records records = new Records(50);

  SeqSingleTest(Platform platform) {
    super(platform);
  }

  @Test
  void seqPrinters_eachAsInC() {
    proc_create_single_data(
        "one",
        0,
        null,
        (m, v) -> {
          assertThat(v).isSameAs(SEQ_START_TOKEN);
          seq_printf(m, "%s %5d|", m.private_, 42);
          seq_setwidth(m, 8);
          seq_puts(m, "abc");
          seq_pad(m, '|');
          assertThat(seq_write(m, new byte[] {(byte) 0xff, 0}, 2)).isZero();
          seq_printf(m, "%s", (Object) new byte[] {(byte) 0xfe});
          seq_putc(m, 'é');
          assertThat(seq_has_overflowed(m)).isFalse();
          return 0;
        },
        "data");
    try (OpenFile file = machine.proc().open(test.context(), "/proc/one")) {
      byte[] into = new byte[100];
      long got = file.read(test.context(), into, 100);
      assertThat(new String(into, 0, (int) got, StandardCharsets.ISO_8859_1))
          .isEqualTo("data    42|abc     |\u00ff\0\u00fe\u00c3\u00a9");
      assertThat(file.read(test.context(), into, 100)).isZero();
    }
  }

  @Test
  void single_readAgainFromTheBeginning_isMadeAgain() {
    int[] shown = {0};
    proc_create_single_data(
        "one",
        0,
        null,
        (m, v) -> {
          seq_printf(m, "%d\n", ++shown[0]);
          return 0;
        },
        null);
    try (OpenFile file = machine.proc().open(test.context(), "/proc/one")) {
      assertThat(read(file, 100) + read(file, 100)).isEqualTo("1\n");
      file.seek(test.context(), 0, SEEK_SET);
      assertThat(read(file, 100)).isEqualTo("2\n");
    }
  }

  @Test
  void single_openedWithASize_isMadeOnce() {
    int[] shown = {0};
    ProcOps ops = new ProcOps();
    ops.proc_open =
        (inode, file) ->
            single_open_size(
                file,
                (m, v) -> {
                  shown[0]++;
                  seq_puts(m, "y".repeat(9_999));
                  return 0;
                },
                null,
                10_000);
    ops.proc_read = SeqFiles::seq_read;
    ops.proc_release = SeqFiles::single_release;
    proc_create("sized", 0, null, ops);
    try (OpenFile file = machine.proc().open(test.context(), "/proc/sized")) {
      assertThat(read(file, 20_000)).hasSize(9_999);
      assertThat(shown[0]).isEqualTo(1);
    }
  }

  @Test
  void single_openedWithNoRoom_growsAsItMust() {
    ProcOps ops = new ProcOps();
    ops.proc_open =
        (inode, file) ->
            single_open_size(
                file,
                (m, v) -> {
                  seq_puts(m, "text\n");
                  return 0;
                },
                null,
                0);
    ops.proc_read = SeqFiles::seq_read;
    proc_create("none", 0, null, ops);
    try (OpenFile file = machine.proc().open(test.context(), "/proc/none")) {
      assertThat(read(file, 9)).isEqualTo("text\n");
    }
  }

  @Test
  void seqFile_madeByHand_isWhatTheFilesDataSays() {
    SeqFile[] made = new SeqFile[1];
    ProcOps ops = new ProcOps();
    ops.proc_open =
        (inode, file) -> {
          int error = seq_open(file, records);
          made[0] = (SeqFile) file.private_data;
          made[0].private_ = "mine";
          return error;
        };
    ops.proc_read = SeqFiles::seq_read;
    ops.proc_release = SeqFiles::seq_release;
    proc_create("hand", 0, null, ops);
    OpenFile file = machine.proc().open(test.context(), "/proc/hand");
    assertThat(read(file, 4095)).isEqualTo(records.text());
    assertThat(made[0].buf).isNotNull();
    file.close();
    assertThat(made[0].buf).as("released").isNull();
    assertThat(made[0].op).isSameAs(records);
  }
}
