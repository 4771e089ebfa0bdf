package jiffy.linux;

import static jiffy.linux.HexDump.*;
import static jiffy.linux.Printk.KERN_INFO;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows of bytes; semprobe compares three dumps with recorded ones. */
class HexDumpTest {
  private final byte[] bytes = "@ABCDEFGHIJKLMNO".getBytes(StandardCharsets.US_ASCII);
  private final Machine machine = Machine.simulate("");
  private final Attachment self = machine.attach("test");

  @BeforeEach
  void clear() {
    machine.log().clear();
  }

  @AfterEach
  void close() {
    self.close();
    machine.close();
  }

  private List<String> printed() {
    return machine.dmesg().stream().map(line -> line.substring(line.indexOf(']') + 2)).toList();
  }

  private static String row(byte[] buf, long len, int rowsize, int groupsize, boolean ascii) {
    StringBuilder line = new StringBuilder();
    assertThat(hex_dump_to_buffer(buf, len, rowsize, groupsize, line, 200, ascii))
        .isEqualTo(line.length());
    return line.toString();
  }

  @Test
  void hex_dump_to_buffer_ofGroups_showsNumbersLowestByteFirst() {
    assertThat(row(bytes, 16, 16, 1, true))
        .isEqualTo("40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f  @ABCDEFGHIJKLMNO");
    assertThat(row(bytes, 16, 16, 2, true))
        .isEqualTo("4140 4342 4544 4746 4948 4b4a 4d4c 4f4e  @ABCDEFGHIJKLMNO");
    assertThat(row(bytes, 16, 16, 4, false)).isEqualTo("43424140 47464544 4b4a4948 4f4e4d4c");
    assertThat(row(bytes, 16, 16, 8, true))
        .isEqualTo("4746454443424140 4f4e4d4c4b4a4948  @ABCDEFGHIJKLMNO");
  }

  @Test
  void hex_dump_to_buffer_ofWhatDoesNotFit_isOfSingleBytesOrCut() {
    assertThat(row(bytes, 3, 16, 2, false)).isEqualTo("40 41 42");
    assertThat(row(bytes, 4, 16, 3, false)).isEqualTo("40 41 42 43");
    assertThat(row(bytes, 100, 7, 1, false)).hasSize(47);
    assertThat(row(bytes, 0, 16, 1, true)).isEmpty();
    assertThat(row(null, 4, 16, 1, true)).isEmpty();
    assertThat(row(new byte[] {0x1f, 0x20, 0x7e, 0x7f, -1}, 5, 16, 1, true))
        .isEqualTo("1f 20 7e 7f ff" + " ".repeat(35) + ". ~..");
    StringBuilder line = new StringBuilder("x");
    assertThat(hex_dump_to_buffer(bytes, 4, 16, 1, line, 6, false)).isEqualTo(11);
    assertThat(line).hasToString("x40 41");
  }

  @Test
  void print_hex_dump_withAddresses_hashesThem() {
    print_hex_dump(
        KERN_INFO, "p ", DUMP_PREFIX_ADDRESS, 16, 4, Arrays.copyOf(bytes, 20), 20, false);
    assertThat(printed())
        .hasSize(2)
        .allMatch(line -> line.matches("p 00000000[0-9a-f]{8}: [0-9a-f ]+"))
        .doesNotHaveDuplicates();
  }

  @Test
  void print_hex_dump_ofLongRows_numbersThem() {
    print_hex_dump(KERN_INFO, "", DUMP_PREFIX_OFFSET, 32, 1, new byte[40], 1000, false);
    assertThat(printed())
        .containsExactly(
            "00000000: " + "00 ".repeat(32).trim(), "00000020: " + "00 ".repeat(8).trim());
    print_hex_dump_bytes("off ", DUMP_PREFIX_NONE, bytes, 16);
    print_hex_dump_debug("off ", DUMP_PREFIX_NONE, 16, 1, bytes, 16, true);
    assertThat(printed()).hasSize(2);
  }
}
