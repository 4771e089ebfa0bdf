package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.runtime.Machine;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.runtime.printk.console.LogCapture;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that log by Log4j 2, SLF4J and java.util.logging, and what becomes of it. */
@OnBothPlatforms
class LoggingModulesTest {
  private static final int CYCLES = 20;

  /** All libraries' loggers are called so: nothing else in this JVM is. */
  private static final String PREFIX = "loggingtest.";

  private final Platform platform;
  private final List<Machine> machines = new ArrayList<>();
  @TempDir Path dir;

  LoggingModulesTest(Platform platform) {
    this.platform = platform;
  }

  @BeforeEach
  void logInfo() {
    Configurator.setLevel("loggingtest", Level.INFO);
  }

  @AfterEach
  void halt() {
    machines.forEach(Machine::close);
    Configurator.setLevel("loggingtest", (Level) null);
  }

  private Machine boot(String name) {
    Machine machine = platform.boot("nr_cpus=1 name=" + name);
    machines.add(machine);
    return machine;
  }

  /** A module whose init logs by all three, about itself and by what it throws. */
  private Path module(String name) {
    return ModuleJar.of(
            """
            package loggingtest;

            import jiffy.linux.*;

            @ModuleInfo(license = "GPL")
            public final class NAME extends KernelModule {
              static final org.apache.logging.log4j.Logger LOG4J =
                  org.apache.logging.log4j.LogManager.getLogger(NAME.class);
              static final org.slf4j.Logger SLF4J = org.slf4j.LoggerFactory.getLogger(NAME.class);
              static final java.util.logging.Logger JUL =
                  java.util.logging.Logger.getLogger(NAME.class.getName());
              static final class Mine { @Override public String toString() { return "mine"; } }
              static final class Bad extends RuntimeException {}
              { module_init(this::init); module_exit(this::exit); }
              int init() {
                LOG4J.info("log4j {}", new Mine());
                SLF4J.warn("slf4j {} {}", new Mine(), 2, new Bad());
                JUL.log(java.util.logging.Level.SEVERE, "jul {0}", new Mine());
                JUL.log(java.util.logging.Level.SEVERE, "jul too", new Bad());
                return 0;
              }
              { System.getProperties().put("loggingtest.NAME", (Runnable) NAME::elsewhere); }
              void exit() {
                LOG4J.info("exit");
                System.getProperties().remove("loggingtest.NAME");
              }
              static void elsewhere() {
                LOG4J.info("elsewhere");
                JUL.info("elsewhere too");
              }
            }
            """
                .replace("NAME", name))
        .writeTo(dir.resolve(name.toLowerCase(Locale.ROOT) + ".jar"));
  }

  /** {@code priority module: text} of the records that libraries have logged. */
  private static List<String> captured(Machine machine) {
    List<String> found = new ArrayList<>();
    LogReader reader = machine.log().ring().reader();
    LogRecord record = new LogRecord();
    while (reader.read(record)) {
      if (record.text().startsWith(PREFIX)) {
        found.add(record.priority() + " " + record.module() + ": " + record.text());
      }
    }
    return found;
  }

  @Test
  void init_thatLogs_isCapturedAsTheModules() {
    Machine machine = boot("a");
    try (LogCapture capture = machine.captureLogging()) {
      machine.insmod(module("One"));
      assertThat(captured(machine))
          .containsSubsequence(
              "6 one: loggingtest.One: log4j mine",
              "4 one: loggingtest.One: slf4j mine 2",
              "4 one: loggingtest.One: loggingtest.One$Bad",
              "3 one: loggingtest.One: jul mine",
              "3 one: loggingtest.One: jul too",
              "3 one: loggingtest.One: loggingtest.One$Bad");
      assertThat(captured(machine))
          .anyMatch(line -> line.matches("4 one: loggingtest.One:  at loggingtest.One.init.*"));
    }
  }

  @Test
  void twoModules_inTwoMachines_logEachIntoItsOwn_onForeignThreadsToo() {
    Machine first = boot("first");
    Machine second = boot("second");
    try (LogCapture capture = second.captureLogging()) {
      first.insmod(module("One"));
      second.insmod(module("Two"));
      // This thread is no kernel's.
      ((Runnable) System.getProperties().get("loggingtest.One")).run();
      ((Runnable) System.getProperties().get("loggingtest.Two")).run();
      assertThat(captured(first))
          .contains("6 : loggingtest.One: elsewhere", "6 : loggingtest.One: elsewhere too")
          .allMatch(line -> line.contains("loggingtest.One: "));
      assertThat(captured(second))
          .contains("6 : loggingtest.Two: elsewhere", "6 : loggingtest.Two: elsewhere too")
          .allMatch(line -> line.contains("loggingtest.Two: "));
    }
  }

  @Test
  void modulesThatHaveLogged_leaveNoLoader() {
    Machine machine = boot("a");
    Path jar = module("One");
    try (LogCapture capture = machine.captureLogging()) {
      for (int i = 0; i < CYCLES; i++) {
        machine.insmod(jar);
        machine.rmmod("one");
      }
      assertThat(captured(machine)).filteredOn(line -> line.endsWith(": exit")).hasSize(CYCLES);
      LoaderLeaks.collectUntil(() -> uncollected(machine).isEmpty());
      assertThat(uncollected(machine)).isEmpty();
      assertThat(machine.modules().unloadedLoaders()).isNotEmpty();
    }
  }

  private static List<UnloadedLoader> uncollected(Machine machine) {
    return machine.modules().unloadedLoaders().stream().filter(u -> !u.isCollected()).toList();
  }
}
