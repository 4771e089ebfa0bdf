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
import jiffy.cli.dmesg.print.Client;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.KmsgFormat;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
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

  /** What the machine printed while each of the session's three commands ran. */
  private final List<List<String>> printed = new ArrayList<>();

  /** Done first, for no dmesg may keep a simulated machine waiting. */
  @BeforeEach
  void loadAndUnload() throws IOException {
    Path source = Path.of(System.getProperty("basedir", "cli")).resolve(MY_TIMER);
    Path timer = ModuleJar.of(Files.readString(source)).writeTo(directory.resolve("my_timer.jar"));
    Path hello = ModuleJar.of(HELLO).writeTo(directory.resolve("hello.jar"));
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment shell = machine.attach("insmod", 0)) {
      machine.insmod(hello); // that the kernel is tainted was said before
      machine.rmmod("hello");
      LogReader reader = machine.log().ring().reader();
      reader.seekEnd();
      machine.simulation().orElseThrow().advanceToJiffies(INSTALLING);
      machine.insmod(timer);
      machine.simulation().orElseThrow().advance(Duration.ofMillis(650));
      machine.rmmod("my_timer");
      printed.add(records(reader));
      for (int i = 0; i < 2; i++) {
        machine.insmod(hello);
        machine.rmmod("hello");
        printed.add(records(reader));
      }
    }
  }

  private static List<String> records(LogReader reader) {
    List<String> records = new ArrayList<>();
    LogRecord record = new LogRecord();
    FormatBuffer text = new FormatBuffer(KmsgFormat.RECORD_MAX);
    while (reader.read(record)) {
      text.clear(KmsgFormat.RECORD_MAX);
      KmsgFormat.format(record, false, text);
      records.add(text.toString().stripTrailing());
    }
    return records;
  }

  @Test
  void follow_whileAModuleComesAndGoes_showsItsRecords() throws Exception {
    Follower w = new Follower("-w");
    printed.get(0).forEach(w.log::log);
    assertThat(w.shown()).isEqualTo(recorded(0));
  }

  @Test
  void followNew_showsNewRecordsOnly() throws Exception {
    FakeKernelLog log = new FakeKernelLog();
    printed.get(0).forEach(log::log);
    Follower w = new Follower("-W", log);
    printed.get(1).forEach(log::log);
    assertThat(w.shown()).isEqualTo(recorded(1));
  }

  /** What was cleared before it began is not shown; a clear while it runs changes nothing. */
  @Test
  void follow_ofALogThatIsCleared_showsAllAfterItsBeginning() throws Exception {
    FakeKernelLog log = new FakeKernelLog();
    printed.get(0).forEach(log::log);
    log.clear();
    printed.get(1).forEach(log::log);
    Follower w = new Follower("-w", log);
    log.log(printed.get(2).get(0));
    log.clear();
    log.log(printed.get(2).get(1));
    assertThat(w.shown()).isEqualTo(recorded(2));
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

  /** A dmesg that runs while the log grows. */
  private static final class Follower {
    final FakeKernelLog log;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final FutureTask<Integer> dmesg;

    Follower(String option) throws Exception {
      this(option, new FakeKernelLog());
    }

    Follower(String option, FakeKernelLog log) throws Exception {
      this.log = log;
      Client client = new Client(Map.of("TZ", "UTC"), Path.of(""), false, out, System.err);
      dmesg = new FutureTask<>(() -> new Dmesg(log, log).run(client, List.of(option)));
      Thread thread = new Thread(dmesg, "dmesg " + option);
      thread.setDaemon(true);
      thread.start();
      log.awaitReader();
    }

    /** What it has shown when the log has ended. */
    List<String> shown() throws Exception {
      log.halt();
      assertThat(dmesg.get()).isZero();
      return texts(out.toString(StandardCharsets.UTF_8));
    }
  }
}
