package jiffy.benchmarks.modules;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import jiffy.benchmarks.report.Forks;
import jiffy.testkit.LoaderLeaks;

/**
 * Loads many modules, one after the other, and unloads them again. Arguments: {@link Manager};
 * {@link #CHAIN} or {@link #FAN}; how many.
 *
 * <p>All of it is done twice, the second time with a manager and modules of its own: the first time
 * would be the JIT compiler's, whose work would hide what grows. Memory is what is in use after
 * collections, with none loaded, half of them, and all.
 */
final class ModulesMain {
  /** Each needs the one before. */
  static final String CHAIN = "chain";

  /** Each needs the first. */
  static final String FAN = "fan";

  static final String FIRST_TENTH = "load, 1st tenth us";
  static final String LAST_TENTH = "last tenth us";
  static final String GROWTH = "last/1st";
  static final String CPU_GROWTH = "CPU last/1st";
  static final String UNLOAD = "unload us";
  static final String HEAP_GROWTH = "heap 2nd/1st half";
  static final String LEFT = "loaders left";
  private static final int PARTS = 10;
  private static final int KIB = 1 << 10;

  private final Manager manager;
  private final List<Path> jars;
  private final double[] loadMicros;

  /** The process's, for it is less at others' mercy: between tenths of the loads. */
  private final double[] cpuMicros = new double[PARTS];

  private ModulesMain(Manager manager, List<Path> jars) {
    this.manager = manager;
    this.jars = jars;
    loadMicros = new double[jars.size()];
  }

  /** The fork. */
  public static void main(String[] args) throws IOException {
    int count = Integer.parseInt(args[2]);
    Path dir = Files.createTempDirectory("jiffy-bench");
    try {
      Jars made = new Jars(!args[0].equals(Manager.JIFFY));
      List<Path> jars = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        jars.add(made.write(dir, i, i == 0 ? -1 : args[1].equals(FAN) ? 0 : i - 1));
      }
      run(args[0], dir, jars, false);
      run(args[0], dir, jars, true);
    } finally {
      delete(dir);
    }
    System.exit(0);
  }

  private static void run(String manager, Path dir, List<Path> jars, boolean isTold) {
    try (Manager one = Manager.of(manager, dir)) {
      new ModulesMain(one, jars).run(isTold);
    }
  }

  private void run(boolean isTold) {
    int count = jars.size();
    Usage none = Usage.now();
    load(0, count / 2);
    Usage half = Usage.now();
    load(count / 2, count);
    Usage all = Usage.now();
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      loaders.add(new WeakReference<>(manager.loader(Jars.name(i))));
    }
    long begin = System.nanoTime();
    for (int i = count - 1; i >= 0; i--) {
      manager.unload(Jars.name(i));
    }
    double unloadMicros = (System.nanoTime() - begin) / 1e3 / count;
    LoaderLeaks.collectUntil(() -> loaders.stream().allMatch(each -> each.get() == null));
    if (!isTold) {
      return;
    }
    double first = median(0);
    double last = median(PARTS - 1);
    Forks.figure(FIRST_TENTH, first);
    Forks.figure("5th us", median(PARTS / 2 - 1));
    Forks.figure(LAST_TENTH, last);
    Forks.figure(GROWTH, last / first);
    Forks.figure("CPU us each", Arrays.stream(cpuMicros).sum() / count);
    Forks.figure(CPU_GROWTH, cpuMicros[PARTS - 1] / cpuMicros[0]);
    Forks.figure(UNLOAD, unloadMicros);
    Forks.figure("heap KiB each", (double) (all.heap - none.heap) / count / KIB);
    Forks.figure(HEAP_GROWTH, (double) (all.heap - half.heap) / (half.heap - none.heap));
    Forks.figure("metaspace KiB", (double) (all.metaspace - none.metaspace) / count / KIB);
    Forks.figure("open files", (double) (all.files - none.files) / count);
    Forks.figure(LEFT, loaders.stream().filter(each -> each.get() != null).count());
  }

  private void load(int from, int to) {
    int size = jars.size() / PARTS;
    long cpu = cpuNanos();
    for (int i = from; i < to; i++) {
      long begin = System.nanoTime();
      manager.load(jars.get(i), Jars.name(i));
      loadMicros[i] = (System.nanoTime() - begin) / 1e3;
      if ((i + 1) % size == 0) {
        long now = cpuNanos();
        cpuMicros[i / size] = (now - cpu) / 1e3;
        cpu = now;
      }
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
        ? os.getProcessCpuTime()
        : 0;
  }

  /** Of a tenth of the loads. */
  private double median(int part) {
    int size = loadMicros.length / PARTS;
    double[] loads = Arrays.copyOfRange(loadMicros, part * size, (part + 1) * size);
    Arrays.sort(loads);
    return loads[size / 2];
  }

  /** What is in use after a collection. */
  private record Usage(long heap, long metaspace, long files) {
    static Usage now() {
      for (int i = 0; i < 4; i++) {
        LoaderLeaks.collect();
      }
      long metaspace = 0;
      for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
        if (pool.getName().equals("Metaspace")) { // with the compressed class space
          metaspace += pool.getUsage().getUsed();
        }
      }
      return new Usage(
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
          metaspace,
          openFiles());
    }

    private static long openFiles() {
      return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
          ? unix.getOpenFileDescriptorCount()
          : 0;
    }
  }

  private static void delete(Path dir) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}
