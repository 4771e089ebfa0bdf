package jiffy.runtime.printk;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LogTest {
  private static final int EINVAL = 22;

  private final Log log = new Log(1 << 16, Symbolizer.NONE);
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
        log.vprintk(
            7, 9, Log.LEVEL_DEFAULT, "\0016%d %s %lx\n", shape, -5, 0, 255, null, "two", null);
    assertThat(n).isEqualTo("-5 two ff".length());
    assertThat(next()).isEqualTo("<6>-5 two ff");
    assertThat(record.callerId()).isEqualTo(9);
    assertThat(record.nanos()).isEqualTo(7);
  }

  @Test
  void vprintk_levelGiven_winsOverTheHeader() {
    log.vprintk(0, 1, 3, "a\n", 0, 0, 0, 0, null, null, null);
    log.vprintk(0, 1, 3, "\0016b\n", 0, 0, 0, 0, null, null, null);
    log.vprintk(0, 1, 3, "\001d\0015c\n", 0, 0, 0, 0, null, null, null);
    log.levels().parse("7 2");
    log.vprintk(0, 1, "d\n", null);
    assertThat(next()).isEqualTo("<3>a");
    assertThat(next()).isEqualTo("<3>b");
    assertThat(next()).isEqualTo("<3>c");
    assertThat(next()).isEqualTo("<2>d");
  }

  @Test
  void vprintk_withoutHeader_keeps991Bytes() {
    assertThat(log.vprintk(0, 1, "%s\n", new Object[] {"x".repeat(2_000)})).isEqualTo(991);
    assertThat(log.vprintk(0, 1, "\0016%s\n", new Object[] {"x".repeat(2_000)})).isEqualTo(989);
    assertThat(log.vprintk(0, 1, 6, "%s\n", new Object[] {"x".repeat(2_000)}))
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
    log.vprintk(0, 1, "%d %c|%px %*d\n", new Object[] {hostile, 'c', hostile, hostile, 7});
    assertThat(next()).startsWith("<4>0 c|0").endsWith(" 7");
  }

  @Test
  void boot_takesAnyConsoleLevel() {
    log.levels().boot(0);
    assertThat(log.levels().format()).isEqualTo("0\t4\t1\t7\n");
    log.levels().boot(15);
    assertThat(log.levels().format()).isEqualTo("15\t4\t1\t7\n");
  }

  @Test
  void vprintk_contOfAnotherCaller_isARecordOfItsOwn() {
    log.vprintk(0, 1, "\0016mine", null);
    log.vprintk(0, 2, "\001c theirs\n", null);
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
            log.vprintk(0, 1, "inner %d\n", new Object[] {1});
            return "shown";
          }
        };
    log.vprintk(0, 1, "outer %s %d\n", new Object[] {nosy, 2});
    assertThat(next()).isEqualTo("<4>inner 1");
    assertThat(next()).isEqualTo("<4>outer shown 2");
  }

  @Test
  void vprintk_formatThatDoesNotFit_isNamedOnceABoot() {
    log.vprintk(0, 1, "\0016x %d\n", null);
    log.vprintk(0, 1, "%d\n", null);
    assertThat(next()).isEqualTo("<6>x (missing)");
    assertThat(next()).isEqualTo("<4>printk: format does not fit its arguments: x %d");
    assertThat(next()).isEqualTo("<4>(missing)");
    assertThat(reader.read(record)).isFalse();
  }

  @Test
  void emit_textWithHeader_isNotParsed() {
    assertThat(log.emit(0, 1, 0, 2, "\0016x\n")).isEqualTo(3);
    assertThat(next()).isEqualTo("<2>\0016x");
    log.emit(0, 1, 3, Log.LEVEL_DEFAULT, "no newline is needed");
    assertThat(next()).isEqualTo("<28>no newline is needed");
  }

  @Test
  void write_prefix_setsPriorityButNeverTheKernels() {
    assertThat(log.write(0, 1, "plain\n")).isEqualTo(6);
    log.write(0, 1, "<3>err\n");
    log.write(0, 1, "<30>daemon info");
    log.write(0, 1, "<3 no prefix\n");
    log.write(0, 1, "<>empty number\n");
    log.write(0, 1, "two\nlines\n");
    log.write(0, 1, "");
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
    assertThat(log.write(0, 1, "x".repeat(993))).isEqualTo(-EINVAL);
    assertThat(log.write(0, 1, "x".repeat(992))).isEqualTo(992);
    assertThat(log.ring().nextSeq()).isEqualTo(1);
  }

  @Test
  void clear_keepsRecordsAndMovesTheMark() {
    log.emit(0, 1, 0, 6, "before");
    log.clear();
    log.emit(0, 1, 0, 6, "after");
    assertThat(log.clearSeq()).isEqualTo(1);
    assertThat(next()).isEqualTo("<6>before");
    reader.seek(log.clearSeq());
    assertThat(next()).isEqualTo("<6>after");
  }

  @Test
  void kmsg_recordWithCaller_isEscaped() {
    log.vprintk(1_234_567_999L, LogRecord.CPU_CALLER | 2, "\0013a\\b\n\té\n", null);
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
    log.write(Long.MAX_VALUE, Integer.MAX_VALUE, line, 0, line.length);
    reader.read(record);
    FormatBuffer out = new FormatBuffer(KmsgFormat.RECORD_MAX);
    KmsgFormat.format(record, true, out);
    assertThat(out.toString()).endsWith("\\xc3\n").hasSizeGreaterThan(991 * 4);
  }

  @Test
  void levels_file_isReadAndWritten() {
    LogLevels levels = log.levels();
    assertThat(levels.format()).isEqualTo("7\t4\t1\t7\n");
    assertThat(levels.parse("4 3\n")).isTrue();
    assertThat(levels.format()).isEqualTo("4\t3\t1\t7\n");
    assertThat(levels.parse("x")).isFalse();
    assertThat(levels.parse("1 2 3 4 5")).isFalse();
    assertThat(levels.format()).isEqualTo("4\t3\t1\t7\n");
  }

  @Test
  void levels_consoleSwitch_isThatOfDmesg() {
    LogLevels levels = log.levels();
    assertThat(levels.setConsole(4)).isTrue();
    assertThat(levels.format()).isEqualTo("4\t4\t1\t7\n");
    levels.consoleOff();
    levels.consoleOff();
    assertThat(levels.format()).isEqualTo("1\t4\t1\t7\n");
    levels.consoleOn();
    levels.consoleOn();
    assertThat(levels.format()).isEqualTo("4\t4\t1\t7\n");
    assertThat(levels.setConsole(0)).isFalse();
    assertThat(levels.setConsole(9)).isFalse();
  }
}
