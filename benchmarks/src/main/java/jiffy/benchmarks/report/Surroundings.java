package jiffy.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The machine that a suite ran on, and how busy it was: at construction and when printed. */
public final class Surroundings {
  private final String loadBefore = load();
  private final long startNanos = System.nanoTime();

  List<String> lines() {
    Runtime.Version java = Runtime.version();
    List<String> lines = new ArrayList<>();
    lines.add("JDK " + java + ", " + System.getProperty("java.vm.name"));
    lines.add(
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + Runtime.getRuntime().availableProcessors()
            + " CPUs"
            + cpuModel());
    long seconds = (System.nanoTime() - startNanos) / 1_000_000_000L;
    lines.add(
        String.format(
            Locale.ROOT,
            "load average before %s, after %s; took %d min %02d s",
            loadBefore,
            load(),
            seconds / 60,
            seconds % 60));
    return lines;
  }

  private static String load() {
    String text = read(Path.of("/proc/loadavg"));
    String[] words = text.split(" ");
    return words.length < 3 ? "unknown" : words[0] + " " + words[1] + " " + words[2];
  }

  private static String cpuModel() {
    return read(Path.of("/proc/cpuinfo"))
        .lines()
        .filter(line -> line.startsWith("model name"))
        .map(line -> ", " + line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static String read(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
