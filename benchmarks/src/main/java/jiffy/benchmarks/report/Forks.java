package jiffy.benchmarks.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measurements in processes of their own, which print lines of {@code figure VALUE NAME} and
 * whatever else they like; this JVM's java and class path.
 */
public final class Forks {
  private static final String MARK = "figure ";

  private Forks() {}

  /** For a fork: prints one of its results. */
  public static void figure(String name, double value) {
    System.out.println(MARK + value + " " + name);
  }

  /**
   * Runs a main class.
   *
   * @param options for the JVM
   * @return its figures, in the order printed
   * @throws IllegalStateException if it fails; with what it printed
   */
  public static Map<String, Double> java(List<String> options, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(options);
    command.add(main.getName());
    command.addAll(List.of(arguments));
    return run(command);
  }

  /** Runs a program; otherwise as {@link #java}. */
  public static Map<String, Double> run(List<String> command) {
    Map<String, Double> figures = new LinkedHashMap<>();
    List<String> lines = new ArrayList<>();
    int status;
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (BufferedReader output =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        output.lines().forEach(lines::add);
      }
      status = process.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + command + " ran", e);
    }
    if (status != 0) {
      throw new IllegalStateException(
          "status " + status + " of " + command + "\n" + String.join("\n", lines));
    }
    for (String line : lines) {
      if (line.startsWith(MARK)) {
        String[] words = line.substring(MARK.length()).split(" ", 2);
        figures.put(words[1], Double.valueOf(words[0]));
      }
    }
    return figures;
  }
}
