package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.dmesg.record.KmsgRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code -w} and {@code -W}: what they show and how they end. */
@Timeout(value = 20, unit = TimeUnit.SECONDS)
class FollowTest {
  private final FakeKernelLog log = new FakeKernelLog();
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private Thread thread;

  @Test
  void follow_showsOldAndNew_clearChangesNothing() throws Exception {
    log.log("6,1,1000000,-;cleared");
    log.clear();
    log.log("6,2,2000000,-;old");
    FutureTask<Integer> dmesg = start(out, "-w");
    log.awaitReader();
    log.clear();
    log.log("6,3,3000000,-;new");
    log.halt();
    assertThat(dmesg.get()).isZero();
    assertThat(out).hasToString("[    2.000000] old\n[    3.000000] new\n");
    assertThat(err).hasToString("");
  }

  @Test
  void follow_writesBeforeItWaits() throws Exception {
    log.log("6,2,2000000,-;old");
    FutureTask<Integer> dmesg = start(out, "--follow");
    log.awaitReader();
    assertThat(out).hasToString("[    2.000000] old\n");
    log.halt();
    assertThat(dmesg.get()).isZero();
  }

  @Test
  void followNew_showsNewOnly() throws Exception {
    log.log("6,2,2000000,-;old");
    FutureTask<Integer> dmesg = start(out, "-W");
    log.awaitReader();
    log.log("6,3,3000000,-;new");
    log.halt();
    assertThat(dmesg.get()).isZero();
    assertThat(out).hasToString("[    3.000000] new\n");
  }

  @Test
  void interrupt_endsQuietly() throws Exception {
    FutureTask<Integer> dmesg = start(out, "-w");
    log.awaitReader();
    thread.interrupt();
    assertThat(dmesg.get()).isZero();
    assertThat(err).hasToString("");
  }

  @Test
  void closedOutput_endsQuietly() throws Exception {
    OutputStream closed =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    for (OutputStream gone : List.of(closed, new PrintStream(closed))) {
      FutureTask<Integer> dmesg = start(gone, "-w");
      log.log("6,3,3000000,-;new");
      assertThat(dmesg.get()).isZero();
      assertThat(err).hasToString("");
    }
  }

  @Test
  void stuckOutput_endsQuietlyWhenInterrupted() throws Exception {
    PipedOutputStream pipe = new PipedOutputStream();
    try (PipedInputStream unread = new PipedInputStream(pipe, 1)) {
      log.log("6,3,3000000,-;more than the pipe holds");
      FutureTask<Integer> dmesg = start(pipe, "-w");
      while (unread.available() == 0) {
        Thread.onSpinWait();
      }
      thread.interrupt();
      assertThat(dmesg.get()).isZero();
      assertThat(err).hasToString("");
    }
  }

  @Test
  void json_isAnObjectALine_writtenAtOnce() throws Exception {
    log.log("12,2,2000000,-,caller=T7;\"old\"\\x0ax");
    log.log("6,3,2000000,-;");
    FutureTask<Integer> dmesg = start(out, "-wJ");
    log.awaitReader();
    String old = "{\"pri\":12,\"time\":2.000000,\"caller\":\"T7\",\"msg\":\"\\\"old\\\"\\nx\"}\n";
    assertThat(out).hasToString(old);
    log.log("6,3,3000000,-;new");
    log.halt();
    assertThat(dmesg.get()).isZero();
    assertThat(out).hasToString(old + "{\"pri\":6,\"time\":3.000000,\"msg\":\"new\"}\n");
  }

  @Test
  void json_decoded_namesThem() throws Exception {
    log.log("6,3,3000000,-;new");
    log.halt();
    assertThat(start(out, "-wJx").get()).isZero();
    assertThat(out)
        .hasToString("{\"fac\":\"kern\",\"pri\":\"info\",\"time\":3.000000,\"msg\":\"new\"}\n");
  }

  @Test
  void filters_workWhileFollowing() throws Exception {
    log.log(new KmsgRecord("6,1,1000000,-;kt: one\n", 0, "kt", 0));
    FutureTask<Integer> dmesg = start(out, "-wt", "--module", "kt", "--grep", "^kt: ");
    log.awaitReader();
    log.log(new KmsgRecord("6,2,2000000,-;kt: two\n", 0, "other", 0));
    log.log(new KmsgRecord("6,3,3000000,-;three\n", 0, "kt", 0));
    log.log(new KmsgRecord("6,4,4000000,-;kt: four\n", 0, "kt", 0));
    log.halt();
    assertThat(dmesg.get()).isZero();
    assertThat(out).hasToString("kt: one\nkt: four\n");
  }

  @Test
  void lostRecords_areTold_butNotThoseBeforeTheFirst() throws Exception {
    log.log(new KmsgRecord("6,8,1000000,-;one\n", 0, "", 7));
    log.log(new KmsgRecord("6,9,2000000,-;two\n", 0, "", 0));
    log.log(new KmsgRecord("6,53,3000000,-;three\n", 0, "", 43));
    log.halt();
    assertThat(start(out, "-wt").get()).isZero();
    assertThat(out).hasToString("one\ntwo\nthree\n");
    assertThat(err).hasToString("dmesg: 43 messages were overwritten before they could be read\n");
  }

  @Test
  void plainReading_endsAtWhatWasNewest_whateverIsLoggedMeanwhile() throws Exception {
    for (String option : List.of("-t", "-St")) {
      log.clear();
      log.log("6,1,1000000,-;one");
      log.logAtEachRead("6,2,2000000,-;meanwhile");
      assertThat(Run.of(log, option)).isEqualTo(new Run(0, "one\n", ""));
    }
  }

  private FutureTask<Integer> start(OutputStream to, String... args) {
    Client client = new Client(Map.of("TZ", "UTC"), Path.of(""), false, to, err);
    FutureTask<Integer> dmesg =
        new FutureTask<>(() -> new Dmesg(log, log).run(client, List.of(args)));
    thread = new Thread(dmesg, "dmesg");
    thread.setDaemon(true);
    thread.start();
    return dmesg;
  }
}
