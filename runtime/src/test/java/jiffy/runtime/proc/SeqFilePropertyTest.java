package jiffy.runtime.proc;

import static jiffy.linux.Fs.SEEK_SET;
import static jiffy.linux.ProcFs.proc_create_seq;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Attachment;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/** However a file of records is read, its bytes are those of its text. */
class SeqFilePropertyTest {
  /**
   * A step of a reader: a read, or for every third one a seek or a pread.
   *
   * @param sizes how many bytes, or where to
   */
  @Property(tries = 150)
  void read_inAnyOrderAndSize_givesTheTextsBytes(
      @ForAll @IntRange(max = 300) int records,
      @ForAll @Size(min = 1, max = 40) List<@IntRange(min = 1, max = 9000) Integer> sizes) {
    SeqFileTest.Records ops = new SeqFileTest.Records(records);
    byte[] text = ops.text().getBytes(StandardCharsets.UTF_8);
    try (Machine machine = Machine.simulate("nr_cpus=1");
        Attachment reader = machine.attach("cat")) {
      proc_create_seq("seq", 0, null, ops);
      try (OpenFile file = machine.proc().open(reader.context(), "/proc/seq")) {
        int at = 0;
        for (int i = 0; i < sizes.size(); i++) {
          at = step(file, reader.context(), text, at, i, sizes.get(i));
        }
      }
      assertThat(ops.passes).isEqualTo(ops.ends);
    }
  }

  /**
   * @return where the next read goes on
   */
  private static int step(OpenFile file, Context self, byte[] text, int at, int i, int size) {
    byte[] into = new byte[size];
    if (i % 6 == 2) {
      assertThat(file.seek(self, size, SEEK_SET)).isEqualTo(size);
      return size;
    }
    boolean isRead = i % 6 != 5;
    int from = isRead ? at : size * 31 % (text.length + 1);
    int got = (int) (isRead ? file.read(self, into, size) : file.readAt(self, into, size, from));
    assertThat(got).isLessThanOrEqualTo(Math.max(0, text.length - from));
    assertThat(got == 0).as("ends where the text does").isEqualTo(from >= text.length);
    assertThat(Arrays.copyOf(into, got)).isEqualTo(slice(text, from, got));
    return isRead ? at + got : at;
  }

  private static byte[] slice(byte[] text, int from, int length) {
    return length == 0 ? new byte[0] : Arrays.copyOfRange(text, from, from + length);
  }
}
