package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.printk.KmsgFormat;
import jiffy.runtime.printk.LogReader;
import jiffy.runtime.printk.LogRecord;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code dmesg -w} and {@code -W} while modules come and go, beside the same session on a real
 * Linux: truth/02_dmesg_w.txt. Each text is compared, with the jiffies in it. Not compared are the
 * time stamps, which say how fast that machine was, and {@code exit 124}, which is timeout(1)'s:
 * here the log ends instead.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RecordedFollowTest {
  /** When that my_timer was loaded. */
  private static final long INSTALLING = 4294896265L;

  private static final String MY_TIMER =
      "../sample-modules/my_timer/src/main/java/samples/mytimer/MyTimer.java";

  /** truth/src/hello/hello.c. */
  private static final String HELLO =
      """
      package samples.hello;
      import static jiffy.linux.Printk.printk;
      @jiffy.linux.ModuleInfo(name = "hello", license = "GPL")
      public final class Hello extends jiffy.linux.KernelModule {
        static int h_init() { printk("Hello\\n"); return 0; }
        static void h_exit() { printk("Goodbye\\n"); }
        { module_init(Hello::h_init); module_exit(Hello::h_exit); }
      }
      """;

  @TempDir private Path directory;
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation time = machine.simulation().orElseThrow();
  private final LogReader reader = machine.log().ring().reader();
  private final List<String> printed = new ArrayList<>();
  private Attachment shell;
  private Path timer;
  private Path hello;

  @BeforeEach
  void pack() throws IOException {
    Path source = Path.of(System.getProperty("basedir", "cli")).resolve(MY_TIMER);
    timer = ModuleJar.of(Files.readString(source)).writeTo(directory.resolve("my_timer.jar"));
    hello = ModuleJar.of(HELLO).writeTo(directory.resolve("hello.jar"));
    shell = machine.attach("insmod", 0);
    machine.insmod(hello); // that the kernel is tainted was said before
    machine.rmmod("hello");
    reader.seekEnd();
  }

  @AfterEach
  void halt() {
    shell.close();
    machine.close();
  }

  @Test
  void follow_whileModulesComeAndGo_showsWhatWasRecorded() throws Exception {
    time.advanceToJiffies(INSTALLING);
    try (Follower w = new Follower("-w", 0)) {
      machine.insmod(timer);
      time.advance(Duration.ofMillis(650));
      machine.rmmod("my_timer");
      assertThat(w.texts()).isEqualTo(recorded(0));
    }
    int cleared = printed.size();
    try (Follower w = new Follower("-W", cleared)) {
      machine.insmod(hello);
      machine.rmmod("hello");
      assertThat(w.texts()).isEqualTo(recorded(1));
    }
    try (Follower w = new Follower("-w", cleared)) {
      machine.insmod(hello);
      w.takeNew();
      w.log.clear();
      machine.rmmod("hello");
      assertThat(w.texts()).isEqualTo(recorded(2));
    }
  }

  /** The texts of the records that the session's command of that number printed. */
  private static List<String> recorded(int command) {
    String session = Run.content(Run.RESOURCES.resolve("recorded/02_dmesg_w.txt"));
    return texts(session.split("(?m)^\\$ ")[command + 1]);
  }

  private static List<String> texts(String output) {
    return output
        .lines()
        .filter(line -> line.matches("\\[ *\\d+\\.\\d{6}] .*"))
        .map(line -> line.substring(line.indexOf(']') + 2))
        .toList();
  }

  /** A dmesg that runs while the machine goes on. */
  private final class Follower implements AutoCloseable {
    final FakeKernelLog log = new FakeKernelLog();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final FutureTask<Integer> dmesg;

    /** The log begins with all records; those before that one have been cleared. */
    Follower(String option, int cleared) throws Exception {
      printed.subList(0, cleared).forEach(log::log);
      log.clear();
      printed.subList(cleared, printed.size()).forEach(log::log);
      Client client = new Client(Map.of("TZ", "UTC"), Path.of(""), false, out, System.err);
      dmesg = new FutureTask<>(() -> new Dmesg(log, log).run(client, List.of(option)));
      Thread thread = new Thread(dmesg, "dmesg " + option);
      thread.setDaemon(true);
      thread.start();
      log.awaitReader();
    }

    /** Hands over what the machine has printed since. */
    void takeNew() {
      LogRecord record = new LogRecord();
      FormatBuffer text = new FormatBuffer(KmsgFormat.RECORD_MAX);
      while (reader.read(record)) {
        text.clear(KmsgFormat.RECORD_MAX);
        KmsgFormat.format(record, false, text);
        String line = text.toString().stripTrailing();
        printed.add(line);
        log.log(line);
      }
    }

    /** What it has shown when the log has ended. */
    List<String> texts() throws Exception {
      takeNew();
      log.halt();
      assertThat(dmesg.get()).isZero();
      return RecordedFollowTest.texts(out.toString(StandardCharsets.UTF_8));
    }

    @Override
    public void close() {
      log.halt();
    }
  }
}
