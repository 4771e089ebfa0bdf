package jiffy.cli.host;

import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.dmesg.Dmesg;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.RecordSource;
import jiffy.cli.tool.HangUp;
import jiffy.cli.wire.Frame;
import jiffy.cli.wire.Request;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A kernel's log, from the ring to a client that follows it. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class LogReadingTest {
  private static final Pattern LOST =
      Pattern.compile("dmesg: (\\d+) messages were overwritten before they could be read\n");

  /** Many times what the ring and the socket hold. */
  private static final int FLOOD = 30_000;

  private static final String FILLER = "x".repeat(200);

  @TempDir Path directory;

  /** The log of a machine as one user sees it. */
  private record Source(Machine machine, HangUp user, Set<LogReading> all) implements RecordSource {
    @Override
    public LogReading open(Start start) {
      return new LogReading(machine.log().ring(), machine.log().ring().reader(), false, user, all);
    }

    @Override
    public long bootEpochMicros() {
      return machine.bootEpochMicros();
    }
  }

  private final Set<LogReading> readings = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Integer> ended = new CompletableFuture<>();

  private Source source(Machine machine, HangUp user) {
    return new Source(machine, user, readings);
  }

  private String dmesg(Machine machine, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Client client = new Client(Map.of("TZ", "UTC"), directory, false, out, out);
    new Dmesg(source(machine, HangUp.NEVER), new LogControl(machine.log(), true))
        .run(client, List.of(args));
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void print(Machine machine, String text) {
    try (Attachment task = machine.attach("test")) {
      printk(KERN_INFO + text + "\n");
    }
  }

  @Test
  void wallTime_isThatOfThePrinting_whateverBecomesOfTheClock() {
    try (Machine machine = Machine.simulate("nr_cpus=1")) { // switched on when 2026 began
      Simulation time = machine.simulation().orElseThrow();
      time.advance(Duration.ofSeconds(5));
      print(machine, "one");
      time.stepWallClock(Duration.ofHours(30));
      time.advance(Duration.ofSeconds(1));
      print(machine, "two");
      time.stepWallClock(Duration.ofDays(-400));
      print(machine, "three");
      String[] mine = {"--grep", "^(one|two|three)$"};
      assertThat(dmesg(machine, "-T", mine[0], mine[1]))
          .isEqualTo(
              """
              [Thu Jan  1 00:00:05 2026] one
              [Fri Jan  2 06:00:06 2026] two
              [Thu Nov 28 06:00:06 2024] three
              """);
      assertThat(dmesg(machine, mine)).contains("[    5.00").contains("[    6.00");
      assertThat(dmesg(machine, "-t", "--since", "2026-01-01 00:00:04.5", mine[0], mine[1]))
          .isEqualTo("one\ntwo\n");
      assertThat(dmesg(machine, "-t", "--until", "2025-01-01", mine[0], mine[1]))
          .isEqualTo("three\n");
    }
  }

  @Test
  void module_isTheOneThatPrinted() throws Exception {
    ModuleJar jar =
        ModuleJar.of(
            """
            import static jiffy.linux.Printk.*;
            @jiffy.linux.ModuleInfo(name = "talker", license = "GPL")
            public final class Talker extends jiffy.linux.KernelModule {
              { module_init(() -> printk("talks\\n")); module_exit(() -> {}); }
            }
            """);
    try (Machine machine = Machine.boot("nr_cpus=1", directory.resolve("cache"))) {
      print(machine, "talks to itself");
      machine.insmod(jar.writeTo(directory.resolve("talker.jar")));
      assertThat(dmesg(machine, "-t", "--module", "talker")).isEqualTo("talks\n");
      assertThat(dmesg(machine, "-t", "--module", "other")).isEmpty();
    }
  }

  @Test
  void endAtNewest_leavesOutWhatIsLoggedLater() {
    try (Machine machine = Machine.boot("nr_cpus=1", directory.resolve("cache"));
        Attachment task = machine.attach("test");
        LogReading reading = source(machine, HangUp.NEVER).open(RecordSource.Start.CLEAR_MARK)) {
      printk(KERN_INFO + "earlier\n");
      reading.endAtNewest();
      printk(KERN_INFO + "later\n");
      String last = null;
      for (KmsgRecord next = reading.poll(); next != null; next = reading.poll()) {
        last = next.text();
      }
      assertThat(last).endsWith(";earlier\n");
      assertThat(reading.poll()).isNull();
    }
  }

  /** dmesg -w for each client that connects, on a thread of its own. */
  private ControlServer serve(Machine machine) throws IOException {
    return ControlServer.open(
        UnixDomainSocketAddress.of(directory.resolve("s")),
        (request, session, finish) -> {
          Thread thread = new Thread(() -> follow(machine, session, finish), "dmesg");
          thread.setDaemon(true);
          thread.start();
        });
  }

  private void follow(Machine machine, Session session, IntConsumer finish) {
    Client client =
        new Client(
            Map.of(), directory, false, session.stream(Frame.OUT), session.stream(Frame.ERR));
    Dmesg dmesg = new Dmesg(source(machine, session), new LogControl(machine.log(), true));
    int status = dmesg.run(client, List.of("-wt"));
    Thread.interrupted(); // that is how it learns of the hang-up
    finish.accept(status);
    ended.complete(status);
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("s")));
    ByteBuffer request = new Request(false, "/", List.of("dmesg", "-wt"), Map.of()).encode();
    while (request.hasRemaining()) {
      channel.write(request);
    }
    return channel;
  }

  /** What a client has got so far. */
  private static final class Received {
    final StringBuilder out = new StringBuilder();
    final StringBuilder err = new StringBuilder();
    private final DataInputStream in;

    Received(SocketChannel channel) {
      in = new DataInputStream(Channels.newInputStream(channel));
    }

    void until(String text) throws IOException {
      while (out.indexOf(text) < 0) {
        byte type = in.readByte();
        String piece = new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8);
        (type == Frame.OUT ? out : err).append(piece);
      }
    }
  }

  @Test
  void clientThatReadsSlowly_losesRecords_isToldHowMany_andHoldsUpNobody() throws Exception {
    try (Machine machine = Machine.boot("nr_cpus=1 log_buf_len=64K", directory.resolve("cache"));
        Attachment task = machine.attach("test");
        ControlServer server = serve(machine);
        SocketChannel channel = connect()) {
      Received received = new Received(channel);
      printk(KERN_INFO + "the first\n");
      received.until("the first\n");
      for (int i = 0; i < FLOOD; i++) { // would never end if a writer waited for the reader
        printk(KERN_INFO + "%d " + FILLER + "\n", i);
      }
      printk(KERN_INFO + "the last\n");
      received.until("the last\n");
      int lost = 0;
      Matcher told = LOST.matcher(received.err);
      while (told.find()) {
        lost += Integer.parseInt(told.group(1));
      }
      List<Integer> shown =
          received
              .out
              .toString()
              .lines()
              .filter(line -> line.endsWith(FILLER))
              .map(line -> Integer.valueOf(line.split(" ")[0]))
              .toList();
      assertThat(lost).isPositive();
      assertThat(lost + shown.size()).isEqualTo(FLOOD);
      assertThat(shown).isSorted().doesNotHaveDuplicates();
    }
  }

  @Test
  void clientThatGoes_whileItWaits_endsItsReading() throws Exception {
    try (Machine machine = Machine.boot("nr_cpus=1 log_buf_len=64K", directory.resolve("cache"));
        Attachment task = machine.attach("test");
        ControlServer server = serve(machine)) {
      printk(KERN_INFO + "the first\n");
      try (SocketChannel waits = connect()) {
        new Received(waits).until("the first\n");
      }
      assertThat(ended.get()).isZero();
      assertThat(readings).isEmpty();
    }
  }

  @Test
  void clientThatGoes_withoutHavingRead_endsItsReading() throws Exception {
    try (Machine machine = Machine.boot("nr_cpus=1 log_buf_len=64K", directory.resolve("cache"));
        Attachment task = machine.attach("test");
        ControlServer server = serve(machine)) {
      printk(KERN_INFO + "the first\n");
      try (SocketChannel writes = connect()) {
        new Received(writes).until("the first\n");
        for (int i = 0; i < FLOOD; i++) {
          printk(KERN_INFO + "%d " + FILLER + "\n", i);
        }
        assertThat(ended).isNotDone();
      }
      assertThat(ended.get()).isZero();
      assertThat(readings).isEmpty();
    }
  }
}
