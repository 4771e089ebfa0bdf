package jiffy.cli.dmesg;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.dmesg.print.Client;

/** What one command did; bytes as chars 0..255. */
record Run(int status, String out, String err) {
  /** The test's own files. */
  static final Path RESOURCES = resources();

  /** Friday the 13th, 23:31:30.123456 UTC: the boot of the vectors, taken for now as well. */
  static final Instant NOW = Instant.ofEpochSecond(1_234_567_890L, 123_456_000);

  private static final Pattern WORD = Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\S+)");

  /** Runs a command over a log, with the base environment of the vectors and {@code overrides}. */
  static Run of(FakeKernelLog log, Path directory, Map<String, String> overrides, String... args) {
    Map<String, String> environment = new HashMap<>();
    environment.put("TZ", "GMT");
    environment.put("LC_ALL", "C");
    environment.put("TERM", "xterm");
    environment.put("DMESG_TEST_BOOTIME", "1234567890.123456");
    environment.putAll(overrides);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Client client = new Client(environment, directory, false, out, err);
    Dmesg dmesg = new Dmesg(log, log, Clock.fixed(NOW, ZoneOffset.UTC));
    int status = dmesg.run(client, List.of(args));
    return new Run(
        status,
        out.toString(StandardCharsets.ISO_8859_1),
        err.toString(StandardCharsets.ISO_8859_1));
  }

  /** Runs a command over a log. */
  static Run of(FakeKernelLog log, String... args) {
    return of(log, RESOURCES, Map.of(), args);
  }

  /** Splits a command line at blanks outside quotes. */
  static String[] words(String line) {
    List<String> words = new ArrayList<>();
    Matcher word = WORD.matcher(line);
    while (word.find()) {
      int group = word.group(1) != null ? 1 : word.group(2) != null ? 2 : 3;
      words.add(word.group(group));
    }
    return words.toArray(String[]::new);
  }

  /** A file's bytes as chars. */
  static String content(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path resources() {
    try {
      return Path.of(Run.class.getResource("/dmesg").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
