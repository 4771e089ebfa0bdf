package jiffy.runtime.printk.ring;

import static org.assertj.core.api.Assertions.assertThat;

import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.format.Symbolizer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A record that is stored as a format and numbers reads as one that is stored as text. */
class RawRecordTest {
  private static final int TIMES = 4;

  private final LogRecord record = new LogRecord();

  private static Log log(LogRing ring) {
    return new Log(ring, Symbolizer.NONE, new Stamps());
  }

  private static int print(Log log, int level, String format, int shape, long a, long b, long c) {
    return log.vprintk(null, level, format, shape, a, b, c, null, null, null);
  }

  private static boolean isRaw(LogRing ring, long seq) {
    return (ring.field(seq, LogRing.META) & LogRecord.RAW) != 0;
  }

  private static long conversions(String text) {
    return text.replace("%%", "").chars().filter(c -> c == '%').count();
  }

  @Provide
  Arbitrary<String> formats() {
    Arbitrary<String> headers = Arbitraries.of("", "\0016", "\001d", "\001d\0013", "\0014\0015");
    Arbitrary<String> parts =
        Arbitraries.of("%d", "%ld", "%lu", "%u", "%hd", "%hhu", "%i", "%%", " of é and ", "x", "\n")
            .list()
            .ofMaxSize(9)
            .map(list -> String.join("", list))
            .filter(text -> conversions(text) <= 3);
    return headers.flatMap(header -> parts.map(text -> header + text + "\n"));
  }

  @Property
  void vprintk_anyPlainFormat_readsAsItsText(
      @ForAll("formats") String format,
      @ForAll @IntRange(min = -1, max = 7) int given,
      @ForAll long a,
      @ForAll int b,
      @ForAll byte c) {
    LogRing ring = new LogRing(LogRing.MIN_BYTES);
    Log log = log(ring);
    LogReader reader = ring.reader();
    int length = print(log, given, format, 3, a, b, c); // the first is stored as text
    assertThat(isRaw(ring, 0)).isFalse();
    assertThat(reader.read(record)).isTrue();
    String text = record.text();
    int level = record.level();
    for (int i = 1; i < TIMES; i++) {
      assertThat(print(log, given, format, 3, a, b, c)).isEqualTo(length);
      assertThat(isRaw(ring, i)).isEqualTo(i > 1 && length >= 8 * (conversions(format) - 1));
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo(text);
      assertThat(record.level()).isEqualTo(level);
      assertThat(record.flags()).isEqualTo(LogRing.NEWLINE);
      assertThat(record.length()).isEqualTo(length);
    }
  }

  @Test
  void vprintk_threeNumbers_areStoredRawFromTheThirdTimeOn() {
    LogRing ring = new LogRing(LogRing.MIN_BYTES);
    Log log = log(ring);
    for (int i = 0; i < TIMES; i++) {
      assertThat(print(log, 5, "three numbers: %d, %ld, %u\n", 3, -1, i, 7)).isEqualTo(23);
    }
    assertThat(isRaw(ring, 1)).isFalse();
    assertThat(isRaw(ring, 2)).isTrue();
    LogReader reader = ring.reader();
    for (int i = 0; i < TIMES; i++) {
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo("three numbers: -1, " + i + ", 7");
      assertThat(record.level()).isEqualTo(5);
    }
  }

  /** 989 bytes remain behind a header; a line that would be cut is stored as the text it is. */
  @Test
  void vprintk_ofFullLength_isCutAsEver() {
    LogRing ring = new LogRing(LogRing.MIN_BYTES);
    Log log = log(ring);
    LogReader reader = ring.reader();
    for (int bytes = 984; bytes < 992; bytes++) {
      String text = "x".repeat(bytes - 4) + "%d\n";
      assertCut(log, reader, Log.LEVEL_DEFAULT, "\0016" + text, bytes);
      assertCut(log, reader, 6, text, bytes);
    }
  }

  private void assertCut(Log log, LogReader reader, int level, String format, int bytes) {
    for (int i = 0; i < TIMES; i++) {
      int stored = print(log, level, format, 1, 1234, 0, 0);
      assertThat(stored).isEqualTo(Math.min(bytes, 989));
      boolean isOpen = stored == 989;
      assertThat(reader.read(record)).as("its newline is cut").isEqualTo(!isOpen);
      log.emit(null, 0, 6, "next");
      assertThat(!isOpen || reader.read(record)).isTrue();
      assertThat(record.text()).startsWith("xxx").hasSize(stored);
      assertThat(record.text().substring(bytes - 4))
          .isEqualTo("1234".substring(0, stored - bytes + 4));
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo("next");
    }
  }

  /** Three numbers need more room than a short text has. */
  @Test
  void vprintk_shorterThanItsNumbers_isStoredAsText() {
    LogRing ring = new LogRing(LogRing.MIN_BYTES);
    Log log = log(ring);
    LogReader reader = ring.reader();
    for (int i = 0; i < 2 * TIMES; i++) {
      assertThat(print(log, 6, "%d%d%d\n", 3, 1, 2, i)).isEqualTo(3);
    }
    for (int i = 0; i < 2 * TIMES; i++) {
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo("12" + i);
    }
  }

  /** What the ring holds does not depend on how it was printed. */
  @Test
  void vprintk_raw_takesTheRoomOfItsText() {
    LogRing raw = new LogRing(LogRing.MIN_BYTES);
    LogRing text = new LogRing(LogRing.MIN_BYTES);
    Log rawLog = log(raw);
    Log textLog = log(text);
    for (int i = 0; i < 300; i++) {
      print(rawLog, 6, "a text of middling length, and how often it came: %ld times\n", 1, i, 0, 0);
      textLog.emit(null, 0, 6, "a text of middling length, and how often it came: " + i + " times");
    }
    assertThat(raw.oldestSeq()).isPositive().isEqualTo(text.oldestSeq());
  }

  @Test
  void vprintk_whileAnArgumentPrints_keepsBothLines() {
    LogRing ring = new LogRing(LogRing.MIN_BYTES);
    Log log = log(ring);
    Object talkative =
        new Object() {
          @Override
          public String toString() {
            print(log, 6, "asked %d times for its name\n", 1, 1, 0, 0);
            return "me";
          }
        };
    LogReader reader = ring.reader();
    for (int i = 0; i < TIMES; i++) {
      log.vprintk(null, 3, "it is %s\n", 1 | 1 << 4, 0, 0, 0, talkative, null, null);
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo("asked 1 times for its name");
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo("it is me");
      assertThat(record.level()).isEqualTo(3);
    }
    assertThat(isRaw(ring, 2L * TIMES - 2)).isTrue();
  }

  @Test
  void vprintk_toAnImage_isStoredAsText() {
    LogRing ring = new LogRing(LogRing.MIN_BYTES);
    StringBuilder kept = new StringBuilder();
    ring.keepIn(
        (seq, nanos, wall, meta, origin, position, bytes, length) ->
            kept.append(LogRecord.restore(seq, nanos, wall, meta, origin, position, bytes).text())
                .append('\n'));
    Log log = log(ring);
    for (int i = 0; i < TIMES; i++) {
      print(log, 6, "a number, %d\n", 1, i, 0, 0);
    }
    assertThat(kept).hasToString("a number, 0\na number, 1\na number, 2\na number, 3\n");
  }
}
