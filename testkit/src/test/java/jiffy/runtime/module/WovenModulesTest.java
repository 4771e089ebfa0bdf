package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.Choice;
import jiffy.runtime.arch.SchedulePolicy;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.LoaderLeaks;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Modules with choice points do what they do without, and those without have none. */
@Timeout(60)
class WovenModulesTest {
  private static final String BROAD =
      """
      package broad;
      import static jiffy.linux.Printk.*;
      import java.util.*;
      import java.util.function.*;
      import jiffy.linux.*;
      @ModuleInfo(name = "broad", license = "GPL")
      public class Broad extends KernelModule {
        enum Colour { RED { int weight() { return 3; } }, GREEN, BLUE; int weight() { return ordinal(); } }
        record Point(int x, long y, String... names) { static int made; Point { made++; } }
        sealed interface Shape permits Square, Round {}
        static final class Square implements Shape { double side = 2; }
        static non-sealed class Round implements Shape { float radius = 1.5f; }
        class Inner { int seen = outer; class Deeper { long sum = seen + outer; } }
        interface Greeter { default String greet() { return "hi " + name(); } String name(); }
        static class Box<T extends Comparable<T>> { T value; T max(T o) { return value == null || value.compareTo(o) < 0 ? (value = o) : value; } }
        @SuppressWarnings("all") static class Holder { static int[] table; static { table = new int[3]; for (int i = 0; i < 3; i++) { table[i] = i * i; } } }
        private int outer = 7;
        static long total; static byte b; static char c = 'a'; static short s; static boolean flag; static float f; static double d;

        static int arrays() {
          int[] i = {1, 2, 3}; long[] l = new long[2]; byte[] by = {1}; boolean[] bo = {true, false};
          char[] ch = {'x'}; short[] sh = {4}; float[] fl = {1f}; double[] db = {2d}; int[][] deep = new int[2][3];
          l[1] += i[2]++; by[0] <<= 2; bo[1] |= bo[0]; ch[0]++; sh[0] *= 2; fl[0] /= 4; db[0] -= 1; deep[1][2] = i[0] = 9;
          Object[] o = new String[1];
          try { o[0] = 1; } catch (ArrayStoreException e) { total++; }
          try { i[3] = 1; } catch (ArrayIndexOutOfBoundsException e) { total += 10; }
          return i[2] + (int) l[1] + by[0] + (bo[1] ? 100 : 0) + ch[0] + sh[0] + (int) (fl[0] * 4) + (int) db[0] + deep[1][2];
        }
        static int tries(int n) {
          try { if (n == 0) { throw new IllegalStateException("no"); } return total++ > 0 ? n : -n; }
          catch (IllegalStateException e) { total += 100; return -1; }
          finally { synchronized (Broad.class) { synchronized (Holder.table) { total++; } } }
        }
        static synchronized String switches(String t, Colour colour) {
          String r = switch (t) { case "a", "b" -> "early"; default -> { total++; yield "late"; } };
          switch (colour) { case RED: return r + 1; case BLUE: return r + 2; default: return r + 3; }
        }
        static synchronized long wide(long a, double x, Object o) { if (o instanceof String str && str.isEmpty()) { return a; } return (long) (a + x); }
        static String run() {
          StringBuilder out = new StringBuilder();
          out.append(arrays()).append(' ').append(tries(0)).append(tries(5)).append(' ');
          for (Colour each : Colour.values()) { out.append(switches("a", each)).append(each.weight()).append(' '); }
          Point p = new Point(1, 2L, "n", "m"); out.append(p.x() + p.y()).append(p.equals(p)).append(Point.made).append(' ');
          Shape shape = new Square(); out.append(((Square) shape).side + new Round().radius).append(Shape.class.isSealed()).append(' ');
          Broad broad = new Broad(); Inner inner = broad.new Inner(); out.append(inner.new Deeper().sum).append(' ');
          out.append(new Greeter() { String who = "you"; public String name() { return who; } }.greet()).append(' ');
          Box<String> box = new Box<>(); box.max("b"); out.append(box.max("a")).append(Holder.table[2]).append(' ');
          int base = 3; IntUnaryOperator add = v -> v + base + (int) total; Supplier<List<String>> make = ArrayList::new;
          out.append(add.applyAsInt(1)).append(make.get()).append(wide(1L, 2.5, "x")).append(wide(4L, 1, "")).append(' ');
          b += 3; c++; s--; flag = !flag; f = f * 2 + 1; d = Math.max(d, f); out.append(b).append(c).append(s).append(flag).append(f).append(d);
          Map<String, Integer> counts = new TreeMap<>(); for (String w : "a b a".split(" ")) { counts.merge(w, 1, Integer::sum); }
          return out.append(counts).append(total).toString();
        }
        static String identity() {
          Package home = Broad.class.getPackage(); StackTraceElement here = new Throwable().getStackTrace()[0];
          return home.getName() + home.getImplementationVersion() + home.isSealed() + Broad.class.getNestHost() + Point.class.isRecord()
              + Point.class.getRecordComponents().length + Broad.class.getProtectionDomain().getCodeSource().getLocation().getPath().endsWith(".jar")
              + here + Broad.class.getDeclaredMethods().length + Broad.class.getDeclaredFields().length + Broad.class.getModule().isNamed();
        }
        { module_init(() -> { printk("run: %s\\n", run()); printk("is: %s\\n", identity()); return 0; }); module_exit(() -> {}); }
      }
      """;

  @TempDir Path dir;

  private Path jar(String... sources) {
    return ModuleJar.of(sources).writeTo(dir.resolve("m.jar"));
  }

  @Test
  void broadSample_woven_doesWhatItDoesPlainly() {
    Path jar =
        ModuleJar.of(BROAD)
            .manifest("Implementation-Version", "4.5")
            .manifest("Sealed", "true")
            .writeTo(dir.resolve("broad.jar"));
    List<String> plainly = Woven.printedPlainly(jar);
    assertThat(plainly).anyMatch(line -> line.startsWith("run: 251 -15 early13 "));
    assertThat(plainly).anyMatch(line -> line.startsWith("is: broad4.5true"));
    assertThat(Woven.printed(jar)).isEqualTo(plainly);
  }

  @Test
  void tasks_thatCountWithoutALock_loseACountUnderABadSchedule() {
    Path jar =
        jar(
            Sources.gpl(
                "Racy",
                "static int count;",
                "static int both(Object none) { count++; return 0; }",
                "static void exit() { printk(\"count %d\\n\", count); }",
                "static int init() { Kthreads.kthread_run(Racy::both, null, \"one\");",
                " Kthreads.kthread_run(Racy::both, null, \"two\"); return 0; }",
                "{ module_init(Racy::init); module_exit(Racy::exit); }"));
    assertThat(countAfter(jar, choice -> 0)).isEqualTo("count 2");
    assertThat(countAfter(jar, WovenModulesTest::preemptBeforeTheFirstWrite)).isEqualTo("count 1");
  }

  /** At the write of the task that came first, the other comes in between. */
  private static int preemptBeforeTheFirstWrite(Choice choice) {
    boolean isFirstsWrite =
        "writes Racy.count".equals(choice.what()) && choice.selfName().contains("one");
    for (int i = 0; isFirstsWrite && i < choice.count(); i++) {
      if (choice.name(i).contains("two")) {
        return i;
      }
    }
    return 0;
  }

  private static String countAfter(Path jar, SchedulePolicy policy) {
    try (Machine machine = Machine.simulate("nr_cpus=2", policy)) {
      machine.insmod(jar);
      machine.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      machine.rmmod("m");
      return machine.dmesg().stream()
          .filter(line -> line.contains("count "))
          .map(line -> line.substring(line.indexOf("count ")))
          .collect(Collectors.joining());
    }
  }

  @Test
  void hostsClockSleepAndChance_areNamedOnceEach() {
    Path jar =
        jar(
            Sources.gpl(
                "Impure",
                "static int init() throws Exception {",
                " long t = System.nanoTime() + System.currentTimeMillis();",
                " java.util.function.LongSupplier clock = System::nanoTime;",
                " new java.util.Random(5).nextInt(); double d = Math.random();",
                " Thread.sleep(0); return 0; }",
                "{ module_init(Impure::init); module_exit(() -> {}); }"));
    assertThat(Woven.printed(jar))
        .filteredOn(line -> line.startsWith("m: Impure.java:"))
        .containsExactly(
            "m: Impure.java:6 reads the system clock (System.nanoTime): the run cannot be repeated;"
                + " use ktime_get()",
            "m: Impure.java:8 takes random numbers (Math.random): the run cannot be repeated; use"
                + " new Random(seed)",
            "m: Impure.java:9 sleeps outside the kernel (Thread.sleep): all others stand still"
                + " meanwhile; use msleep()");
    assertThat(Woven.printedPlainly(jar)).noneMatch(line -> line.startsWith("m: Impure.java:"));
  }

  @Test
  void methodThatWouldBeTooLarge_isLeftAsItIs_andSaid() {
    String body = IntStream.range(0, 6_000).mapToObj(i -> "x++;").collect(Collectors.joining());
    Path jar =
        jar(
            Sources.gpl(
                "Large",
                "static int x;",
                "static int init() { " + body + " printk(\"x is %d\\n\", x); return 0; }",
                "{ module_init(Large::init); module_exit(() -> {}); }"));
    assertThat(Woven.printed(jar))
        .contains(
            "m: class Large has no choice points: its method init would be larger than 64 KB",
            "x is 6000");
  }

  @Test
  void methodWithJumpsThatBecomeLong_runs() {
    String body = IntStream.range(0, 2_500).mapToObj(i -> "x++;").collect(Collectors.joining());
    Path jar =
        jar(
            Sources.gpl(
                "Long",
                "static int x;",
                "static int init() { for (int i = 0; i < 2; i++) { if (x >= 0) { " + body + " } }",
                " printk(\"x is %d\\n\", x); return 0; }",
                "{ module_init(Long::init); module_exit(() -> {}); }"));
    assertThat(Woven.printed(jar)).contains("x is 5000");
  }

  @Test
  void classes_ofAPlainSimulatedMachine_areTheFiles() throws Exception {
    try (Machine plain = Machine.simulate("")) {
      assertThat(stepsOfCount(plain)).isEmpty();
    }
  }

  @Test
  void classes_onTheHost_areTheFiles() throws Exception {
    try (Machine host = Machine.boot("")) {
      assertThat(stepsOfCount(host)).isEmpty();
    }
  }

  @Test
  void classes_whereSchedulesAreExplored_areWoven() throws Exception {
    try (Machine explored = Machine.simulate("", choice -> 0)) {
      assertThat(stepsOfCount(explored)).containsExactly("reads Count.count", "writes Count.count");
    }
  }

  /**
   * The choice points of a method that was loaded by that machine, on a thread of a machine that
   * records them.
   */
  private List<String> stepsOfCount(Machine loading) throws ReflectiveOperationException {
    Path jar =
        jar(
            Sources.gpl(
                "Count",
                "static int count;",
                "public static void once() { count++; }",
                "{ module_init(() -> 0); module_exit(() -> {}); }"));
    loading.insmod(jar);
    Class<?> type = loading.modules().pluginManager().getPluginClassLoader("m").loadClass("Count");
    Woven.Recorder recorder = new Woven.Recorder();
    try (Machine recording = Machine.simulate("", recorder);
        Attachment here = recording.attach("test")) {
      recorder.steps.clear();
      type.getMethod("once").invoke(null);
      return List.copyOf(recorder.steps);
    }
  }

  @Test
  void weaver_libraries_areWovenAsThePartsOfTheModuleThatTheyAre() throws IOException {
    String tally = "package org.tally; public class Tally { int sum; void add() { sum++; } }";
    ModuleJar library = ModuleJar.of(tally);
    Path jar =
        ModuleJar.of(Sources.hello("A"))
            .library("tally.jar", library)
            .writeTo(dir.resolve("m.jar"));
    Path alone = library.writeTo(dir.resolve("tally.jar"));
    Weaver weaver = new Weaver();
    var woven = weaver.weave(List.of(jar, alone), Map.of(), new HostClasses());
    byte[] plain = library.bytesOf("org/tally/Tally.class");
    assertThat(woven.find("org.tally.Tally").bytes()).isNotEqualTo(plain);
    assertThat(woven.find("org.tally.Tally").place()).isEqualTo(1);
    assertThat(woven.find("A").place()).isZero();
    assertThat(weaver.weave(List.of(jar), Map.of(), new HostClasses()).find("org.tally.Tally"))
        .isNull();
  }

  @Test
  void weaver_equalJarAgain_isRemembered() throws IOException {
    Weaver weaver = new Weaver();
    Path jar = jar(Sources.hello("A"));
    Path copy = ModuleJar.of(Sources.hello("A")).writeTo(dir.resolve("copy.jar"));
    Path other = ModuleJar.of(Sources.hello("B")).writeTo(dir.resolve("other.jar"));
    var woven = weaver.weave(List.of(jar), Map.of(), new HostClasses());
    assertThat(weaver.weave(List.of(jar), Map.of(), new HostClasses())).isSameAs(woven);
    assertThat(weaver.weave(List.of(other), Map.of(), new HostClasses())).isNotSameAs(woven);
    assertThat(weaver.weave(List.of(copy), Map.of(), new HostClasses()).find("A").bytes())
        .isEqualTo(woven.find("A").bytes());
  }

  @Test
  void loaders_ofWovenModules_areCollected() {
    Weaver weaver = new Weaver();
    Path jar = jar(Sources.hello("M"));
    try (Machine machine = Machine.simulate("", choice -> 0, weaver)) {
      for (int i = 0; i < 10; i++) {
        machine.insmod(jar);
        machine.rmmod("m");
      }
      LoaderLeaks.collectUntil(() -> unloaded(machine).allMatch(UnloadedLoader::isCollected));
      assertThat(unloaded(machine)).hasSize(10).allMatch(UnloadedLoader::isCollected);
    }
  }

  private static Stream<UnloadedLoader> unloaded(Machine machine) {
    return machine.modules().unloadedLoaders().stream();
  }

  @Test
  void module_thatUsesAnothersFields_hasPointsForThoseThatAreNotFinal() {
    String library =
        """
        package lib;
        import jiffy.linux.*;
        @ModuleInfo(name = "lib", license = "GPL")
        public final class Lib extends KernelModule {
          public static final class Data { public int open; public final int fixed = hashCode(); }
          @ExportSymbol public static Data data() { return new Data(); }
          { module_init(() -> 0); module_exit(() -> {}); }
        }
        """;
    String user =
        """
        package user;
        import jiffy.linux.*;
        @ModuleInfo(name = "user", license = "GPL")
        public final class User extends KernelModule {
          static int init() { lib.Lib.Data d = lib.Lib.data(); d.open = d.fixed; return 0; }
          { module_init(User::init); module_exit(() -> {}); }
        }
        """;
    Path lib = ModuleJar.of(library).writeTo(dir.resolve("lib.jar"));
    Path use = ModuleJar.ofSources(List.of(library), user).writeTo(dir.resolve("user.jar"));
    Woven.Recorder recorder = new Woven.Recorder();
    try (Machine machine = Machine.simulate("", recorder);
        Attachment here = machine.attach("test")) {
      machine.insmod(lib);
      recorder.steps.clear();
      machine.insmod(use);
      assertThat(recorder.steps).containsExactly("writes Lib.Data.open");
    }
  }
}
