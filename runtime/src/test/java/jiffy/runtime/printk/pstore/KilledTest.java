package jiffy.runtime.printk.pstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.ring.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is killed in the middle of printing, by SIGKILL, from several threads. */
class KilledTest {
  private static final int WRITERS = 4;
  private static final int ENOUGH = 20_000;

  @TempDir private Path directory;

  /** What is killed: prints numbered records of each writer until it is. */
  static final class Victim {
    private Victim() {}

    @SuppressWarnings("InfiniteLoopStatement") // until SIGKILL
    public static void main(String[] args) {
      Machine machine = Machine.boot("log_buf_len=64K pstore=" + args[0]);
      for (int w = 0; w < WRITERS; w++) {
        int id = w;
        Thread writer =
            new Thread(
                () -> {
                  for (int i = 0; ; i++) {
                    machine.print(6, "writer " + id + " record " + i + " of many");
                    if (i == ENOUGH && id == 0) {
                      System.out.println("enough");
                    }
                  }
                });
        writer.start();
      }
    }
  }

  @Test
  void kill_inTheMiddleOfPrinting_leavesTheLastRecordsWhole() throws Exception {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Victim.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(out.readLine()).isEqualTo("enough");
      assertThat(Pstore.dead(directory)).as("it lives").isEmpty();
    } finally {
      victim.destroyForcibly().waitFor();
    }

    assertThat(Pstore.dead(directory)).containsExactly(directory.resolve("ring"));
    DeadLog log = DeadLog.read(directory.resolve("ring"));
    assertThat(log.halted()).isFalse();
    assertThat(log.pid()).isEqualTo(victim.pid());
    assertThat(log.torn()).isLessThanOrEqualTo(WRITERS);
    checkOrder(log.records());
    // The last of each writer is among the last of all: nothing that was printed is missing.
    long newest = log.records().get(log.records().size() - 1).seq();
    assertThat(newest).isGreaterThan(ENOUGH);
    assertThat(newest - log.records().get(0).seq() + 1)
        .isLessThanOrEqualTo(log.records().size() + log.torn());

    bootAgain(victim.pid());
  }

  private static void checkOrder(List<LogRecord> records) {
    int[] last = new int[WRITERS];
    long seq = -1;
    for (LogRecord record : records) {
      assertThat(record.seq()).isGreaterThan(seq);
      seq = record.seq();
      if (record.text().startsWith("** ")) {
        continue; // the machine is so busy that records were dropped, and it is said
      }
      String[] words = record.text().split(" ");
      assertThat(words).as(record.text()).hasSize(6).startsWith("writer");
      int writer = Integer.parseInt(words[1]);
      int number = Integer.parseInt(words[3]);
      assertThat(number).isGreaterThan(last[writer] - 1);
      last[writer] = number;
    }
  }

  private void bootAgain(long pid) throws IOException {
    try (Machine machine = Machine.boot("pstore=" + directory)) {
      assertThat(machine.dmesg())
          .anyMatch(line -> line.contains("pstore: the kernel of pid " + pid + " died"));
      assertThat(Pstore.dead(directory)).hasSize(1);
      assertThat(Files.exists(directory.resolve("ring"))).isTrue();
    }
  }
}
