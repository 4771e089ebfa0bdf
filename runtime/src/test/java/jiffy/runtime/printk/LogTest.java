package jiffy.runtime.printk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.format.Symbolizer;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.LogRing;
import jiffy.runtime.printk.ring.Stamps;
import org.junit.jupiter.api.Test;

class LogTest {
  private static final int EINVAL = 22;

  private final Stamps stamps = new Stamps();
  private final Log log = new Log(new LogRing(1 << 16), Symbolizer.NONE, stamps);

  private Log at(long nanos, int caller) {
    stamps.set(nanos, caller);
    return log;
  }

  private final LogReader reader = log.ring().reader();
  private final LogRecord record = new LogRecord();

  private String next() {
    assertThat(reader.read(record)).isTrue();
    return "<" + record.priority() + ">" + record.text();
  }

  @Test
  void vprintk_shape_picksLongsAndObjects() {
    int shape = 3 | 1 << 5;
    int n =
        at(7, 9)
            .vprintk(
                null, Log.LEVEL_DEFAULT, "\0016%d %s %lx\n", shape, -5, 0, 255, null, "two", null);
    assertThat(n).isEqualTo("-5 two ff".length());
    assertThat(next()).isEqualTo("<6>-5 two ff");
    assertThat(record.callerId()).isEqualTo(9);
    assertThat(record.nanos()).isEqualTo(7);
  }

  @Test
  void vprintk_levelGiven_winsOverTheHeader() {
    at(0, 1).vprintk(null, 3, "a\n", 0, 0, 0, 0, null, null, null);
    at(0, 1).vprintk(null, 3, "\0016b\n", 0, 0, 0, 0, null, null, null);
    at(0, 1).vprintk(null, 3, "\001d\0015c\n", 0, 0, 0, 0, null, null, null);
    log.levels().setAll(new int[] {7, 2, 1, 7});
    at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "d\n", null);
    assertThat(next()).isEqualTo("<3>a");
    assertThat(next()).isEqualTo("<3>b");
    assertThat(next()).isEqualTo("<3>c");
    assertThat(next()).isEqualTo("<2>d");
  }

  @Test
  void vprintk_withoutHeader_keeps991Bytes() {
    assertThat(at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "%s\n", new Object[] {"x".repeat(2_000)}))
        .isEqualTo(991);
    assertThat(
            at(0, 1)
                .vprintk(null, Log.LEVEL_DEFAULT, "\0016%s\n", new Object[] {"x".repeat(2_000)}))
        .isEqualTo(989);
    assertThat(at(0, 1).vprintk(null, 6, "%s\n", new Object[] {"x".repeat(2_000)}))
        .as("pr_info")
        .isEqualTo(989);
  }

  @Test
  void vprintk_numberThatThrows_printsZero() {
    Number hostile =
        new Number() {
          private static final long serialVersionUID = 1L;

          @Override
          public int intValue() {
            throw new IllegalStateException();
          }

          @Override
          public long longValue() {
            throw new IllegalStateException();
          }

          @Override
          public float floatValue() {
            return 0;
          }

          @Override
          public double doubleValue() {
            return 0;
          }
        };
    at(0, 1)
        .vprintk(
            null,
            Log.LEVEL_DEFAULT,
            "%d %c|%px %*d\n",
            new Object[] {hostile, 'c', hostile, hostile, 7});
    assertThat(next()).startsWith("<4>0 c|0").endsWith(" 7");
  }

  @Test
  void boot_takesAnyConsoleLevel() {
    log.levels().boot(0);
    assertThat(log.levels().all()).containsExactly(0, 4, 1, 7);
    log.levels().boot(15);
    assertThat(log.levels().all()).containsExactly(15, 4, 1, 7);
  }

  @Test
  void vprintk_contOfAnotherCaller_isARecordOfItsOwn() {
    at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "\0016mine", null);
    at(0, 2).vprintk(null, Log.LEVEL_DEFAULT, "\001c theirs\n", null);
    assertThat(next()).isEqualTo("<6>mine");
    assertThat(next()).isEqualTo("<4> theirs");
    assertThat(record.flags()).isEqualTo(LogRing.CONT | LogRing.NEWLINE);
  }

  @Test
  void vprintk_toStringThatPrints_storesBoth() {
    Object nosy =
        new Object() {
          @Override
          public String toString() {
            at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "inner %d\n", new Object[] {1});
            return "shown";
          }
        };
    at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "outer %s %d\n", new Object[] {nosy, 2});
    assertThat(next()).isEqualTo("<4>inner 1");
    assertThat(next()).isEqualTo("<4>outer shown 2");
  }

  @Test
  void vprintk_formatThatDoesNotFit_isNamedOnceABoot() {
    at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "\0016x %d\n", null);
    at(0, 1).vprintk(null, Log.LEVEL_DEFAULT, "%d\n", null);
    assertThat(next()).isEqualTo("<6>x (missing)");
    assertThat(next()).isEqualTo("<4>printk: format does not fit its arguments: x %d");
    assertThat(next()).isEqualTo("<4>(missing)");
    assertThat(reader.read(record)).isFalse();
  }

  @Test
  void emit_textWithHeader_isNotParsed() {
    assertThat(at(0, 1).emit(null, 0, 2, "\0016x\n")).isEqualTo(3);
    assertThat(next()).isEqualTo("<2>\0016x");
    at(0, 1).emit(null, 3, Log.LEVEL_DEFAULT, "no newline is needed");
    assertThat(next()).isEqualTo("<28>no newline is needed");
  }

  @Test
  void write_prefix_setsPriorityButNeverTheKernels() {
    assertThat(at(0, 1).write(null, "plain\n")).isEqualTo(6);
    at(0, 1).write(null, "<3>err\n");
    at(0, 1).write(null, "<30>daemon info");
    at(0, 1).write(null, "<3 no prefix\n");
    at(0, 1).write(null, "<>empty number\n");
    at(0, 1).write(null, "two\nlines\n");
    at(0, 1).write(null, "");
    assertThat(next()).isEqualTo("<12>plain");
    assertThat(next()).isEqualTo("<11>err");
    assertThat(next()).isEqualTo("<30>daemon info");
    assertThat(next()).isEqualTo("<12><3 no prefix");
    assertThat(next()).isEqualTo("<8>empty number");
    assertThat(next()).isEqualTo("<12>two\nlines");
    assertThat(next()).isEqualTo("<12>");
  }

  @Test
  void write_tooLong_isRefused() {
    assertThat(at(0, 1).write(null, "x".repeat(993))).isEqualTo(-EINVAL);
    assertThat(at(0, 1).write(null, "x".repeat(992))).isEqualTo(992);
    assertThat(log.ring().nextSeq()).isEqualTo(1);
  }

  @Test
  void clear_keepsRecordsAndMovesTheMark() {
    at(0, 1).emit(null, 0, 6, "before");
    log.clear();
    at(0, 1).emit(null, 0, 6, "after");
    assertThat(log.clearSeq()).isEqualTo(1);
    assertThat(next()).isEqualTo("<6>before");
    reader.seek(log.clearSeq());
    assertThat(next()).isEqualTo("<6>after");
  }

  @Test
  void kmsg_recordWithCaller_isEscaped() {
    at(1_234_567_999L, LogRecord.CPU_CALLER | 2)
        .vprintk(null, Log.LEVEL_DEFAULT, "\0013a\\b\n\té\n", null);
    reader.read(record);
    FormatBuffer out = new FormatBuffer(KmsgFormat.RECORD_MAX);
    KmsgFormat.format(record, true, out);
    assertThat(out.toString()).isEqualTo("3,0,1234567,-,caller=C2;a\\x5cb\\x0a\\x09\\xc3\\xa9\n");
    out.clear(KmsgFormat.RECORD_MAX);
    KmsgFormat.putCaller(77, out);
    assertThat(out.toString()).isEqualTo("T77");
  }

  @Test
  void kmsg_longestRecordAllEscaped_fits() {
    byte[] line = "é".repeat(496).getBytes(StandardCharsets.UTF_8);
    at(Long.MAX_VALUE, Integer.MAX_VALUE).write(null, line, 0, line.length);
    reader.read(record);
    FormatBuffer out = new FormatBuffer(KmsgFormat.RECORD_MAX);
    KmsgFormat.format(record, true, out);
    assertThat(out.toString()).endsWith("\\xc3\n").hasSizeGreaterThan(991 * 4);
  }

  @Test
  void levels_consoleSwitch_isThatOfDmesg() {
    LogLevels levels = log.levels();
    assertThat(levels.setConsole(4)).isTrue();
    assertThat(levels.all()).containsExactly(4, 4, 1, 7);
    levels.consoleOff();
    levels.consoleOff();
    assertThat(levels.all()).containsExactly(1, 4, 1, 7);
    levels.consoleOn();
    levels.consoleOn();
    assertThat(levels.all()).containsExactly(4, 4, 1, 7);
    assertThat(levels.setConsole(0)).isFalse();
    assertThat(levels.setConsole(9)).isFalse();
  }
}
