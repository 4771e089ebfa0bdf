package jiffy.runtime.printk.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import jiffy.kernel.Owner;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.console.OwnLog4j.Kept;
import jiffy.runtime.printk.format.Symbolizer;
import jiffy.runtime.printk.ring.LogRing;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.FileAppender;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private static final long LONG_MILLIS = 30_000;

  private volatile long nanos;
  private volatile Owner owner = Owner.CORE;
  private final Log log =
      new Log(
          new LogRing(1 << 16),
          Symbolizer.NONE,
          (current, stamp) -> stamp.set(nanos, 1_700_000_000_123_456_789L, 77, 77, 3, owner));
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private OwnLog4j log4j(Appender... appenders) {
    OwnLog4j log4j = new OwnLog4j(appenders);
    open.add(log4j);
    return log4j;
  }

  private Console consoleTo(OutputStream stream) {
    return new Console(log, log4j(OwnLog4j.stream("stream", stream)).kmsg());
  }

  private void print(String text) {
    log.emit(null, 0, 6, text);
  }

  private String text() {
    return shown.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void start_afterRecords_replaysThem() {
    nanos = 1_234_567_890L;
    log.vprintk(null, Log.LEVEL_DEFAULT, "\0016hello é\n", null);
    nanos = 100_000_000_000_000L;
    log.vprintk(null, Log.LEVEL_DEFAULT, "\0013two\nlines \033[31m\n", null);
    log.emit(null, 0, 7, "debug is not shown");
    Console console = consoleTo(shown);
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(text())
        .isEqualTo(
            "[    1.234567] hello é\n[100000.000000] two\n[100000.000000] lines \\x1b[31m\n");
    assertThat(console.errors()).isZero();
  }

  @Test
  void run_recordsWhileParked_areAllShown() {
    Console console = consoleTo(shown);
    console.start();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      print("record " + i);
      expected.append("[    0.000000] record ").append(i).append('\n');
      if (i % 10 == 0) {
        Thread.yield();
      }
    }
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(text()).isEqualTo(expected.toString());
  }

  @Test
  void run_nothingNew_wakesForTheNextRecord() throws InterruptedException {
    CountDownLatch seen = new CountDownLatch(2);
    OutputStream counting =
        new OutputStream() {
          @Override
          public void write(int b) {
            if (b == '\n') {
              seen.countDown();
            }
          }
        };
    Console console = consoleTo(counting);
    console.start();
    print("one");
    print("two");
    seen.await();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
  }

  @Test
  void run_slowTarget_losesRecordsAndSaysSo() throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    OutputStream slow =
        new OutputStream() {
          @Override
          public void write(int b) {
            entered.countDown();
            try {
              release.await();
            } catch (InterruptedException interrupted) {
              Thread.currentThread().interrupt();
            }
            shown.write(b);
          }
        };
    Console console = consoleTo(slow);
    console.start();
    print("first");
    entered.await();
    for (int i = 0; i < 10_000; i++) {
      print("filler");
    }
    assertThat(console.stop(1)).as("blocked in its target").isFalse();
    release.countDown();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(text())
        .containsPattern(
            "first\n\\*\\* \\d+ printk messages dropped \\*\\*\n\\[    0.000000] filler");
  }

  @Test
  void event_ofARecord_saysItsTimeLevelAndOrigin() {
    nanos = 2_500_000_000L;
    owner = new Owner(null, "kt");
    log.vprintk(null, 2, "usb", "c189:5", "stuck", new Object[0]);
    owner = Owner.CORE;
    log.emit(null, 1, 5, "of a user");
    Kept kept = new Kept("kept", true);
    Console console = new Console(log, log4j(kept).kmsg());
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    LogEvent first = kept.events.get(0);
    assertThat(first.getLoggerName()).isEqualTo("kmsg");
    assertThat(first.getMessage().getFormattedMessage()).isEqualTo("stuck");
    assertThat(first.getLevel()).isEqualTo(Level.FATAL);
    assertThat(first.getInstant().getEpochSecond()).isEqualTo(1_700_000_000);
    assertThat(first.getInstant().getNanoOfSecond()).isEqualTo(123_456_789);
    assertThat(first.getContextData().toMap())
        .containsOnly(
            Map.entry("module", "kt"),
            Map.entry("cpu", "3"),
            Map.entry("pid", "77"),
            Map.entry("seq", "0"),
            Map.entry("uptime", "2.500000"),
            Map.entry("facility", "kern"),
            Map.entry("severity", "crit"),
            Map.entry("subsystem", "usb"),
            Map.entry("device", "c189:5"));
    LogEvent second = kept.events.get(1);
    assertThat(second.getLevel()).isEqualTo(Level.INFO);
    assertThat(second.getContextData().toMap())
        .containsEntry("facility", "user")
        .containsEntry("severity", "notice")
        .doesNotContainKeys("module", "subsystem", "device");
  }

  @Test
  void consoleLevel_asItIsWhenARecordIsShown_decides() {
    for (int level = 0; level < 8; level++) {
      log.emit(null, 0, level, "level " + level);
    }
    log.levels().setConsole(4); // dmesg -n 4; quiet
    Kept kept = new Kept("kept", true);
    Console console = new Console(log, log4j(kept).kmsg());
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(kept.messages()).containsExactly("level 0", "level 1", "level 2", "level 3");
  }

  @Test
  void loggersLevel_isAppliedToo() {
    print("info");
    log.emit(null, 0, 3, "error");
    Kept kept = new Kept("kept", true);
    OwnLog4j log4j = log4j();
    log4j.context.setConfiguration(OwnLog4j.configuration(Level.WARN, kept));
    Console console = new Console(log, log4j.kmsg());
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(kept.messages()).containsExactly("error");
    assertThat(console.errors()).isZero();
  }

  /** Waits until the console has written that. */
  private static void await(BlockingQueue<String> written, String message)
      throws InterruptedException {
    String next = written.take();
    while (!next.equals(message)) {
      next = written.take();
    }
  }

  /** Passes on what it is told in the order of events. */
  private static final class Witness extends AbstractAppender {
    final BlockingQueue<String> written = new LinkedBlockingQueue<>();

    Witness() {
      super("witness", null, null, true, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      written.add(event.getMessage().getFormattedMessage());
    }
  }

  @Test
  void appender_thatFails_countsSaysSoWhenItWorksAgain_andTheOthersMissNothing()
      throws InterruptedException {
    Kept kept = new Kept("a", true);
    Witness witness = new Witness();
    List<String> complaints = new ArrayList<>();
    Console console = new Console(log, log4j(kept, witness).kmsg(), complaints::add);
    console.start();
    print("one");
    await(witness.written, "one");
    kept.fails = true;
    print("two");
    print("three");
    print("four");
    await(witness.written, "four");
    kept.fails = false;
    print("five");
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(kept.messages()).containsExactly("one", "** 3 printk messages dropped **", "five");
    assertThat(witness.written).containsExactly("five");
    assertThat(console.errors()).isEqualTo(3);
    assertThat(complaints)
        .containsExactly(
            "console: appender a fails: disk full: what it does not take is counted, and told when"
                + " it works again");
  }

  @Test
  void file_onAFullDisk_isSaidWithItsReason_andTheOthersMissNothing() {
    Assumptions.assumeTrue(Files.isWritable(Path.of("/dev/full")), "Linux has one");
    Appender full = FileAppender.newBuilder().withFileName("/dev/full").setName("full").build();
    Kept kept = new Kept("kept", true);
    List<String> complaints = new ArrayList<>();
    Console console = new Console(log, log4j(full, kept).kmsg(), complaints::add);
    print("one");
    print("two");
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(kept.messages()).containsExactly("one", "two");
    assertThat(console.errors()).isEqualTo(2);
    assertThat(complaints).hasSize(1);
    assertThat(complaints.get(0)).startsWith("console: appender full fails: ");
  }

  @Test
  void logger_thatThrows_countsAndSaysSoWhenItWorksAgain() throws InterruptedException {
    Witness witness = new Witness();
    Kept kept = new Kept("z", false);
    List<String> complaints = new ArrayList<>();
    Console console = new Console(log, log4j(witness, kept).kmsg(), complaints::add);
    kept.fails = true;
    console.start();
    print("one");
    print("two");
    await(witness.written, "two");
    print("three");
    await(witness.written, "three");
    kept.fails = false;
    print("four");
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(kept.messages())
        .endsWith("four")
        .anyMatch(text -> text.endsWith("messages dropped **"));
    assertThat(complaints).hasSize(1);
  }

  @Test
  void configuration_thatIsReplaced_getsWhatComesThenAndWhatTheOldOneHasLost()
      throws InterruptedException {
    Kept old = new Kept("a", true);
    Witness witness = new Witness();
    OwnLog4j log4j = log4j(old, witness);
    Console console = new Console(log, log4j.kmsg());
    console.start();
    old.fails = true;
    print("one");
    await(witness.written, "one");
    Kept next = new Kept("a", true);
    log4j.context.setConfiguration(OwnLog4j.configuration(Level.ALL, next));
    print("two");
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(next.messages()).containsExactly("** 1 printk messages dropped **", "two");
    assertThat(next.getHandler()).as("its own again").isNotInstanceOf(AppenderWatch.class);
  }

  @Test
  void twoConsoles_ofOneLogger_countEachItsOwn() {
    Kept kept = new Kept("a", true);
    OwnLog4j log4j = log4j(kept);
    kept.fails = true;
    Console first = new Console(log, log4j.kmsg());
    Console second = new Console(log, log4j.kmsg());
    print("one");
    first.start();
    assertThat(first.stop(LONG_MILLIS)).isTrue();
    print("two");
    second.start();
    assertThat(second.stop(LONG_MILLIS)).isTrue();
    assertThat(first.errors()).isEqualTo(1);
    assertThat(second.errors()).isEqualTo(2);
  }
}
