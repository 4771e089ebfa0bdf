package jiffy.benchmarks.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * A snapshot of this process's threads from /proc/self/task: processor time to the nanosecond (the
 * JVM's own figure for the process has a grain of 10 ms) and wake-ups. Linux only.
 */
public final class ProcessThreads {
  /** One thread. */
  private record Usage(String name, long nanos, long wakes) {}

  private final long atNanos = System.nanoTime();
  private final Map<String, Usage> byId = new HashMap<>();

  /** What can be seen now. */
  public static ProcessThreads now() {
    ProcessThreads snapshot = new ProcessThreads();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        snapshot.look(task);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("thread times need Linux's /proc: " + e.getMessage(), e);
    }
    return snapshot;
  }

  private void look(Path task) throws IOException {
    try {
      String schedstat = Files.readString(task.resolve("schedstat"));
      long nanos = Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
      long wakes =
          Files.readString(task.resolve("status"))
              .lines()
              .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
              .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
              .sum();
      String name = Files.readString(task.resolve("comm")).strip();
      byId.put(task.getFileName().toString(), new Usage(name, nanos, wakes));
    } catch (NoSuchFileException e) {
      byId.remove(task.getFileName().toString()); // it has just ended
    }
  }

  /** The ids of the threads. */
  public Set<String> ids() {
    return byId.keySet();
  }

  /** The threads that have come since, apart from the JVM's own. */
  public Predicate<String> newSince(ProcessThreads before) {
    return id -> !before.byId.containsKey(id) && !isJvm(byId.get(id));
  }

  /** All threads but the compilers. */
  public Predicate<String> working() {
    return id -> byId.get(id) == null || !isCompiler(byId.get(id));
  }

  /** Nanoseconds of processor time that these threads have used since. */
  public double cpuSince(ProcessThreads before, Predicate<String> which) {
    return byId.entrySet().stream()
        .filter(each -> which.test(each.getKey()))
        .mapToLong(each -> each.getValue().nanos - before.get(each.getKey()).nanos)
        .sum();
  }

  /** As a percentage of one processor. */
  public double cpuPercentSince(ProcessThreads before, Predicate<String> which) {
    return 100.0 * cpuSince(before, which) / nanosSince(before);
  }

  /** How often these threads went to sleep, and so woke up. */
  public double wakesSince(ProcessThreads before, Predicate<String> which) {
    return byId.entrySet().stream()
        .filter(each -> which.test(each.getKey()))
        .mapToLong(each -> each.getValue().wakes - before.get(each.getKey()).wakes)
        .sum();
  }

  /** Wall time between the two. */
  public double nanosSince(ProcessThreads before) {
    return atNanos - before.atNanos;
  }

  private Usage get(String id) {
    return byId.getOrDefault(id, new Usage("", 0, 0));
  }

  private static boolean isCompiler(Usage thread) {
    return thread.name.startsWith("C1 ") || thread.name.startsWith("C2 ");
  }

  private static boolean isJvm(Usage thread) {
    return isCompiler(thread)
        || thread.name.startsWith("G1 ")
        || thread.name.startsWith("GC ")
        || thread.name.startsWith("VM ")
        || thread.name.startsWith("Sweeper")
        || thread.name.startsWith("Common-Cleaner");
  }
}
