package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dmesg of this machine, if it is util-linux's, reads what ours has exported. */
class UtilLinuxTest {
  private static final Path REAL = Path.of("/usr/bin/dmesg");

  @TempDir Path directory;

  private final FakeKernelLog log = new FakeKernelLog();

  @BeforeAll
  static void isThere() throws Exception {
    assumeTrue(Files.isExecutable(REAL), REAL + " is not there");
    String version = theirs(Map.of(), "--version");
    assumeTrue(version.contains("util-linux"), () -> REAL + " is not util-linux's: " + version);
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void rawLog_ofOneLineRecords_showsWhatOursShows(String locale) throws Exception {
    log.log("6,0,0,-;Linux version");
    log.log("4,1,2000000,-;back\\x5cslash \\x5cx41 tab\\x09end");
    log.log("3,2,3000000,-;<1>begins like a priority");
    log.log("14,3,4000000,-;caf\\xc3\\xa9 \\xe2\\x82\\xac \\xf0\\x9f\\x98\\x80 bad \\xff\\xc3");
    log.log("6,4,5000000,-;esc \\x1b[31m bell \\x07 del \\x7f cr \\x0dx vt \\x0b nul \\x00.");
    log.log("30,5,99999000001,-;  blanks  ");
    for (String options :
        List.of("", "-x", "-t", "-d", "-r", "-l info,err", "-f user", "-k", "-d -t", "-L=always")) {
      Map<String, String> environment = Map.of("LC_ALL", locale);
      Run live = Run.of(log, directory, environment, Run.words(options));
      assertThat(theirs(environment, exported(locale, options)))
          .as("dmesg " + options)
          .isEqualTo(live.out());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"C", "C.UTF-8"})
  void rawLog_ofAnyRecords_isReadAsOursReadsIt(String locale) throws Exception {
    log.log("6,0,0,-;Linux version");
    log.log("6,1,1000000,-;one\\x0atwo\\x0a<3>three");
    log.log("6,2,6000000,-;");
    log.log("6,3,7000000,-;\\x0aleading newline \\xe2\\x82\\xac");
    log.log("6,4,8000000,-;trailing newline\\x0a");
    log.log("6,5,8000000,-;\\x0a<5>\\x0a");
    log.log("6,6,9000000,-,caller=T77;last");
    for (String options :
        List.of("", "-x", "-t", "-d", "-r", "-l info", "-k", "-x -t", "--time-format delta")) {
      Map<String, String> environment = Map.of("LC_ALL", locale);
      String[] arguments = exported(locale, options);
      Run ours = Run.of(new FakeKernelLog(), directory, environment, arguments);
      assertThat(withoutNewer(theirs(environment, arguments)))
          .as("dmesg " + options)
          .isEqualTo(withoutNewer(ours.out()));
    }
  }

  /** Before 2.40: an empty line that ends a record was indented, a caller id was text. */
  private static String withoutNewer(String shown) {
    return shown.replaceAll("(?m)^ +$", "").replaceAll("(?m)^\\[ *T77\\] ", "[T77] ");
  }

  private String[] exported(String locale, String options) throws IOException {
    Path file = directory.resolve("raw");
    Run raw = Run.of(log, directory, Map.of("LC_ALL", locale), "-r");
    assertThat(raw.status()).isZero();
    Files.write(file, raw.out().getBytes(StandardCharsets.ISO_8859_1));
    List<String> arguments = new ArrayList<>(List.of(Run.words(options)));
    arguments.addAll(List.of("-F", file.toString()));
    return arguments.toArray(String[]::new);
  }

  private static String theirs(Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(REAL.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("TERM", "xterm");
    builder.environment().put("TZ", "GMT");
    builder.environment().putAll(environment);
    byte[] shown = builder.start().getInputStream().readAllBytes();
    return new String(shown, StandardCharsets.ISO_8859_1);
  }
}
