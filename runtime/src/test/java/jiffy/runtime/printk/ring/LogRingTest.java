package jiffy.runtime.printk.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import org.junit.jupiter.api.Test;

class LogRingTest {
  private static final int TASK = 77;

  private final LogRing ring = new LogRing(LogRing.MIN_BYTES);
  private final LogRecord record = new LogRecord();

  private long append(String text, int flags) {
    return append(TASK, text, flags);
  }

  private long append(int caller, String text, int flags) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ring.append(Stamps.at(1_234, caller), 1, 6, flags, bytes, 0, bytes.length);
  }

  private long extend(int caller, String text, int flags) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return ring.extend(caller, flags, bytes, 0, bytes.length, 900);
  }

  @Test
  void append_thenRead_returnsAllFields() {
    assertThat(append("hello", LogRing.NEWLINE | LogRing.CONT)).isZero();
    LogReader reader = ring.reader();
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("hello");
    assertThat(record.seq()).isZero();
    assertThat(record.nanos()).isEqualTo(1_234);
    assertThat(record.level()).isEqualTo(6);
    assertThat(record.facility()).isEqualTo(1);
    assertThat(record.priority()).isEqualTo(14);
    assertThat(record.callerId()).isEqualTo(TASK);
    assertThat(record.flags()).isEqualTo(LogRing.NEWLINE | LogRing.CONT);
    assertThat(record.lost()).isZero();
    assertThat(reader.read(record)).isFalse();
  }

  @Test
  void append_moduleAndDevice_standBesideTheText() {
    Stamp stamp = new Stamp();
    stamp.set(1, 1_700_000_000_000_000_123L, TASK, -1 >>> 1, 1023, new Owner(null, "kt"));
    stamp.setDevice("block", "b12:8");
    byte[] text = "hello, ".getBytes(StandardCharsets.UTF_8);
    ring.append(stamp, 0, 6, 0, text, 0, text.length);
    extend(TASK, "world", LogRing.NEWLINE);
    append("no device", LogRing.NEWLINE);
    LogReader reader = ring.reader();
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("hello, world");
    assertThat(record.module()).isEqualTo("kt");
    assertThat(record.subsystem()).isEqualTo("block");
    assertThat(record.device()).isEqualTo("b12:8");
    assertThat(record.wallNanos()).isEqualTo(1_700_000_000_000_000_123L);
    assertThat(record.pid()).isEqualTo(Integer.MAX_VALUE);
    assertThat(record.cpu()).isEqualTo(1023);
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("no device");
    assertThat(record.module() + record.subsystem() + record.device()).isEmpty();
  }

  @Test
  void append_tagsThatAreTooLong_areCutAtACharacter() {
    Stamp stamp = new Stamp();
    stamp.set(1, 2, TASK, 3, 0, new Owner(null, "é".repeat(99)));
    stamp.setDevice("s".repeat(99), "d".repeat(99));
    ring.append(stamp, 0, 6, LogRing.NEWLINE, "x".getBytes(StandardCharsets.UTF_8), 0, 1);
    assertThat(ring.reader().read(record)).isTrue();
    assertThat(record.module()).isEqualTo("é".repeat(31));
    assertThat(record.subsystem()).isEqualTo("s".repeat(15));
    assertThat(record.device()).isEqualTo("d".repeat(63));
    assertThat(record.text()).isEqualTo("x");
  }

  @Test
  void append_cpuCallerAndHighestFacility_survivePacking() {
    int cpu = LogRecord.CPU_CALLER | 3;
    ring.append(Stamps.at(Long.MAX_VALUE, cpu), 255, 7, LogRing.NEWLINE, new byte[0], 0, 0);
    assertThat(ring.reader().read(record)).isTrue();
    assertThat(record.callerId()).isEqualTo(cpu);
    assertThat(record.facility()).isEqualTo(255);
    assertThat(record.level()).isEqualTo(7);
    assertThat(record.nanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(record.length()).isZero();
  }

  @Test
  void read_overwrittenRecords_countsThemAndGoesOnAtTheOldest() {
    LogReader reader = ring.reader();
    int written = 10_000;
    for (int i = 0; i < written; i++) {
      append("record number " + i, LogRing.NEWLINE);
    }
    assertThat(reader.read(record)).isTrue();
    assertThat(record.lost()).isEqualTo(record.seq()).isPositive();
    long expected = record.seq();
    do {
      assertThat(record.seq()).isEqualTo(expected);
      assertThat(record.text()).isEqualTo("record number " + expected);
      expected++;
    } while (reader.read(record));
    assertThat(expected).isEqualTo(written);
    assertThat(ring.nextSeq()).isEqualTo(written);
  }

  @Test
  void append_emptyTexts_areBoundedByDescriptors() {
    for (int i = 0; i < 1_000; i++) {
      append("", LogRing.NEWLINE);
    }
    assertThat(ring.nextSeq() - ring.oldestSeq()).isBetween(32L, 64L);
  }

  @Test
  void append_textAcrossTheEndOfTheRing_isWhole() {
    String text = "0123456789".repeat(77);
    LogReader reader = ring.reader();
    for (int i = 0; i < 50; i++) {
      append(text + i, LogRing.NEWLINE);
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo(text + i);
    }
  }

  @Test
  void read_openRecord_seesItWhenTheNextOneComes() {
    append("open", 0);
    LogReader reader = ring.reader();
    assertThat(reader.read(record)).isFalse();
    append("next", LogRing.NEWLINE);
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("open");
  }

  @Test
  void extend_openRecordOfSameCaller_appendsAndKeepsItsHeader() {
    append("a", 0);
    assertThat(extend(TASK, " b", 0)).isZero();
    assertThat(extend(TASK, " and a longer text", LogRing.NEWLINE)).isZero();
    append("next", LogRing.NEWLINE);
    LogReader reader = ring.reader();
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("a b and a longer text");
    assertThat(record.flags()).isEqualTo(LogRing.NEWLINE);
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("next");
  }

  @Test
  void extend_otherCallerOrCompleteOrTooLong_refuses() {
    append("complete", LogRing.NEWLINE);
    assertThat(extend(TASK, "x", 0)).isEqualTo(LogRing.NONE);
    append("open", 0);
    assertThat(extend(TASK + 1, "x", 0)).isEqualTo(LogRing.NONE);
    byte[] bytes = {'x'};
    assertThat(ring.extend(TASK, 0, bytes, 0, 1, 3)).isEqualTo(LogRing.NONE);
    assertThat(ring.extend(TASK, 0, bytes, 0, 1, 4)).isEqualTo(1);
  }

  @Test
  void extend_acrossTheEndOfTheRing_isWhole() {
    LogReader reader = ring.reader();
    for (int i = 0; i < 100; i++) {
      append("x".repeat(300), 0);
      extend(TASK, "y".repeat(301), LogRing.NEWLINE);
      assertThat(reader.read(record)).isTrue();
      assertThat(record.text()).isEqualTo("x".repeat(300) + "y".repeat(301));
    }
  }

  @Test
  void append_whileAWriterIsStalled_goesOnUntilTheRingHasComeRound() {
    long stalled = ring.claim(5, false);
    LogReader reader = ring.reader();
    int stored = 0;
    while (append("filler " + stored, LogRing.NEWLINE) != LogRing.NONE) {
      stored++;
    }
    assertThat(stored).isGreaterThan(50);
    assertThat(ring.dropped()).isEqualTo(1);
    assertThat(reader.read(record)).as("behind the stalled record").isFalse();
    assertThat(reader.arm()).isEqualTo(LogReader.Arm.BUSY);

    ring.fill(
        stalled,
        Stamps.at(9, TASK),
        LogRecord.meta(TASK, 5, 0, LogRing.NEWLINE, 6),
        "later".getBytes(StandardCharsets.UTF_8),
        0);
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("later");
    assertThat(append("again", LogRing.NEWLINE)).isEqualTo(stored + 1);
  }

  @Test
  void append_whileTheFinalizingWriterIsStalled_finalizesForIt() {
    append("open", 0);
    ring.claim(5, false); // would have finalized "open"
    int stored = 0;
    while (append("filler " + stored, LogRing.NEWLINE) != LogRing.NONE) {
      stored++;
    }
    assertThat(ring.oldestSeq()).as("the open record was freed").isEqualTo(1);
  }

  @Test
  void arm_nothingNew_callsListenerOnceForTheNextRecord() {
    AtomicInteger calls = new AtomicInteger();
    ring.addListener(calls::incrementAndGet);
    LogReader reader = ring.reader();
    append("nobody waits", LogRing.NEWLINE);
    assertThat(calls).hasValue(0);
    assertThat(reader.arm()).isEqualTo(LogReader.Arm.READY);
    reader.read(record);
    assertThat(reader.arm()).isEqualTo(LogReader.Arm.ARMED);
    append("one", LogRing.NEWLINE);
    append("two", LogRing.NEWLINE);
    assertThat(calls).hasValue(1);
  }

  @Test
  void arm_atAnOpenRecord_isCalledByItsContinuation() {
    AtomicInteger calls = new AtomicInteger();
    ring.addListener(calls::incrementAndGet);
    append("open", 0);
    LogReader reader = ring.reader();
    assertThat(reader.arm()).isEqualTo(LogReader.Arm.ARMED);
    extend(TASK, "", LogRing.NEWLINE);
    assertThat(calls).hasValue(1);
    assertThat(reader.read(record)).isTrue();
  }

  @Test
  void arm_atAnOpenRecord_isCalledByItsSuccessor() {
    AtomicInteger calls = new AtomicInteger();
    Runnable listener = calls::incrementAndGet;
    ring.addListener(listener);
    append("open", 0);
    LogReader reader = ring.reader();
    assertThat(reader.arm()).isEqualTo(LogReader.Arm.ARMED);
    append("next", 0);
    assertThat(calls).hasValue(1);
    assertThat(reader.read(record)).isTrue();
    assertThat(reader.arm()).isEqualTo(LogReader.Arm.ARMED);
    ring.removeListener(listener);
    append("unheard", 0);
    assertThat(calls).hasValue(1);
  }

  @Test
  void seek_pastAndFuture_isKeptInTheRing() {
    for (int i = 0; i < 5; i++) {
      append("r" + i, LogRing.NEWLINE);
    }
    LogReader reader = ring.reader();
    reader.seekEnd();
    assertThat(reader.position()).isEqualTo(5);
    reader.seek(3);
    assertThat(reader.read(record)).isTrue();
    assertThat(record.text()).isEqualTo("r3");
    reader.seek(1_000);
    assertThat(reader.position()).isEqualTo(5);
    reader.seekOldest();
    assertThat(reader.position()).isZero();
  }

  @Test
  void capacity_oddSizes_areRoundedUp() {
    assertThat(new LogRing(0).capacity()).isEqualTo(LogRing.MIN_BYTES);
    assertThat(new LogRing(5_000).capacity()).isEqualTo(8_192);
    assertThat(new LogRing(1 << 20).capacity()).isEqualTo(1 << 20);
  }
}
