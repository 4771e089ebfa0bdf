package jiffy.cli.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.console.Console;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.layout.template.json.util.JsonReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shipped log4j2.xml, and those of docs/logging.md: each is loaded, and fed by a console. */
@Timeout(120)
class LoggingConfigurationsTest {
  private static final long LONG_MILLIS = 60_000;
  private static final long FILE_BYTES = 4 << 20;

  /** {@code <PRI>1 TIME HOST APP PROCID MSGID [SD] MSG}. */
  private static final String RFC5424 =
      "<%d>1 \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+(Z|[+-]\\d\\d:\\d\\d) \\S+ jiffy \\S+ \\S+"
          + " \\[kmsg@\\d+ (?<data>.*?)\\] ?%s";

  @TempDir Path dir;
  private final Map<String, String> before = new HashMap<>();
  private final Machine machine = Machine.boot("nr_cpus=1 name=logged");
  private LoggerContext log4j;

  @AfterEach
  void stop() {
    if (log4j != null) {
      log4j.stop();
    }
    machine.close();
    before.forEach(LoggingConfigurationsTest::set);
  }

  private static void set(String property, String value) {
    if (value == null) {
      System.clearProperty(property);
    } else {
      System.setProperty(property, value);
    }
  }

  private void property(String name, String value) {
    before.putIfAbsent(name, System.getProperty(name));
    set(name, value);
  }

  private void load(URI configuration) {
    log4j = new LoggerContext("test", null, configuration);
    log4j.start();
  }

  private static URI shipped() throws URISyntaxException {
    return HostLogging.class.getResource("/log4j2.xml").toURI();
  }

  private static URI example(String name) {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("module-api/pom.xml"))) {
      root = root.getParent();
    }
    return root.resolve("docs/logging").resolve(name).toUri();
  }

  /** Writes the whole log out. */
  private void show() {
    Console console = new Console(machine.log(), log4j.getLogger(Console.LOGGER));
    console.start();
    assertThat(console.stop(LONG_MILLIS)).isTrue();
    assertThat(console.errors()).isZero();
  }

  @Test
  void shipped_withAFile_writesItAsLinuxsConsole() throws Exception {
    Path file = dir.resolve("console.log");
    property("jiffy.console.log", file.toString());
    property("jiffy.foreground", null);
    load(shipped());
    machine.print(4, "two\nlines");
    machine.print(7, "debug");
    show();
    assertThat(log4j.getConfiguration().getAppenders()).containsOnlyKeys("console.log", "printk");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.get(0)).matches("\\[ *\\d+\\.\\d{6}] Jiffy version .*");
    assertThat(lines).anyMatch(line -> line.endsWith("] two")).anyMatch(l -> l.endsWith("] lines"));
    assertThat(lines).noneMatch(line -> line.contains("debug"));
  }

  @Test
  void shipped_inTheForeground_hasATerminal() throws Exception {
    property("jiffy.console.log", null);
    property("jiffy.foreground", "true");
    load(shipped());
    assertThat(log4j.getConfiguration().getAppenders()).containsOnlyKeys("terminal", "printk");
    assertThat(log4j.getLogger("kmsg").get().getAppenders()).containsOnlyKeys("terminal");
    assertThat(log4j.getRootLogger().get().getAppenders()).containsOnlyKeys("printk");
  }

  @Test
  void shipped_file_isBoundedInSizeAndNumber() throws Exception {
    Path file = dir.resolve("console.log");
    property("jiffy.console.log", file.toString());
    property("jiffy.foreground", null);
    load(shipped());
    String line = "x".repeat(1 << 16);
    for (int i = 0; i < 8 * FILE_BYTES / line.length(); i++) {
      log4j.getLogger("kmsg").info(line);
    }
    try (Stream<Path> files = Files.list(dir)) {
      List<Path> found = files.sorted().toList();
      assertThat(found)
          .extracting(path -> path.getFileName().toString())
          .containsExactly(
              "console.log", "console.log.1", "console.log.2", "console.log.3", "console.log.4");
      for (Path each : found) {
        assertThat(Files.size(each)).isLessThanOrEqualTo(FILE_BYTES + line.length() + 1);
      }
    }
  }

  @Test
  void json_isAnObjectALine() throws Exception {
    Path file = dir.resolve("jiffy.json");
    property("jiffy.log.json", file.toString());
    load(example("json.xml"));
    machine.print(5, "say \"é\"\nand\tmore");
    show();
    List<Map<?, ?>> records = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      records.add((Map<?, ?>) JsonReader.read(line));
    }
    Map<?, ?> last = records.get(records.size() - 1);
    assertThat(last.get("message")).isEqualTo("say \"é\"\nand\tmore");
    assertThat(last.get("level")).isEqualTo("INFO");
    assertThat((String) last.get("time"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    Map<?, ?> kmsg = (Map<?, ?>) last.get("kmsg");
    assertThat(kmsg.get("severity")).isEqualTo("notice");
    assertThat(kmsg.get("facility")).isEqualTo("kern");
    assertThat(kmsg.get("seq")).isEqualTo(Integer.toString(records.size() - 1));
    assertThat(kmsg.keySet().stream().map(Object::toString))
        .containsExactlyInAnyOrder("cpu", "facility", "pid", "seq", "severity", "uptime");
  }

  @Test
  void syslog_byUdp_isRfc5424() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      server.setSoTimeout(60_000); // a datagram may be lost
      syslog("UDP", server.getLocalPort());
      machine.print(3, "worn out");
      show();
      String text;
      do {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        server.receive(packet);
        text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8).trim();
      } while (!text.contains("worn out"));
      assertThat(text)
          .matches(String.format(Locale.ROOT, RFC5424, 3, "worn out"))
          .contains("severity=\"err\"");
    }
  }

  @Test
  void syslog_byTcp_isRfc5424ALine() throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      syslog("TCP", server.getLocalPort());
      machine.print(4, "a bit worn");
      show();
      try (Socket client = server.accept();
          BufferedReader lines =
              new BufferedReader(
                  new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (!line.contains("a bit worn")) {
          line = lines.readLine();
        }
        assertThat(line)
            .matches(String.format(Locale.ROOT, RFC5424, 4, "a bit worn"))
            .contains(" pid=\"");
      }
    }
  }

  private void syslog(String protocol, int port) throws IOException {
    property("jiffy.syslog.protocol", protocol);
    property("jiffy.syslog.host", InetAddress.getLoopbackAddress().getHostAddress());
    property("jiffy.syslog.port", Integer.toString(port));
    load(example("syslog.xml"));
  }

  @Test
  void prepare_fileThatCanBeWritten_isNamedButNotMade() {
    property("jiffy.console.log", null);
    List<String> said = new ArrayList<>();
    HostLogging.prepare(dir.resolve("console.log"), said::add);
    assertThat(said).isEmpty();
    assertThat(System.getProperty("jiffy.console.log")).isEqualTo(dir + "/console.log");
    assertThat(dir.resolve("console.log")).doesNotExist();
  }

  @Test
  void prepare_fileThatCannotBeWritten_isSaidAndLeftOut() {
    property("jiffy.console.log", null);
    List<String> said = new ArrayList<>();
    HostLogging.prepare(dir, said::add);
    assertThat(said).containsExactly("no console.log: " + dir + ": Is a directory");
    assertThat(System.getProperty("jiffy.console.log")).isNull();
  }
}
