package jiffy.runtime.printk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import jiffy.runtime.printk.format.Symbolizer;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsoleTest {
  private static final long LONG_MILLIS = 30_000;

  private final Stamps stamps = new Stamps();
  private final Log log = new Log(new LogRing(1 << 16), Symbolizer.NONE, stamps);

  private Log at(long nanos, int caller) {
    stamps.set(nanos, caller);
    return log;
  }

  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @AfterEach
  void stopLog4j() {
    LogManager.shutdown();
  }

  private static Logger to(OutputStream stream) {
    return KmsgLogging.configure(new PrintStream(stream, true, StandardCharsets.UTF_8));
  }

  private String text() {
    return shown.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void start_afterRecords_replaysThem() {
    at(1_234_567_890L, 1).vprintk(null, Log.LEVEL_DEFAULT, "\0016hello é\n", null);
    at(100_000_000_000_000L, 1)
        .vprintk(null, Log.LEVEL_DEFAULT, "\0013two\nlines \033[31m\n", null);
    at(0, 1).emit(null, 0, 7, "debug is not shown");
    Console console = new Console(log, to(shown));
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(text())
        .isEqualTo(
            "[    1.234567] hello é\n[100000.000000] two\n[100000.000000] lines \\x1b[31m\n");
    assertThat(console.errors()).isZero();
  }

  @Test
  void run_recordsWhileParked_areAllShown() {
    Console console = new Console(log, to(shown));
    console.start();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      at(0, 1).emit(null, 0, 6, "record " + i);
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
    Console console = new Console(log, to(counting));
    console.start();
    at(0, 1).emit(null, 0, 6, "one");
    at(0, 1).emit(null, 0, 6, "two");
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
    Console console = new Console(log, to(slow));
    console.start();
    at(0, 1).emit(null, 0, 6, "first");
    entered.await();
    for (int i = 0; i < 10_000; i++) {
      at(0, 1).emit(null, 0, 6, "filler");
    }
    assertThat(console.stop(1)).as("blocked in its target").isFalse();
    release.countDown();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(text())
        .containsPattern(
            "first\n\\*\\* \\d+ printk messages dropped \\*\\*\n\\[    0.000000] filler");
  }

  @Test
  void configure_libraryLogger_isNotLostAndNotInTheRing() {
    to(shown);
    LogManager.getLogger("some.library").warn("careful");
    LogManager.getLogger("some.library").info("not interesting");
    assertThat(text()).isEqualTo("some.library: careful\n");
    assertThat(log.ring().nextSeq()).isZero();
  }
}
