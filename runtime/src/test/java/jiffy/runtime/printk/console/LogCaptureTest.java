package jiffy.runtime.printk.console;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_init;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.console.OwnLog4j.Kept;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.sched.Attachment;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.Property;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What libraries log gets into the log of the kernel that it belongs to, once. */
@Timeout(120)
class LogCaptureTest {
  private static final String NAME = "org.example.Library";

  private final OwnLog4j log4j = new OwnLog4j();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    log4j.close();
  }

  private Machine boot(String name) {
    Machine machine = Machine.boot("nr_cpus=1 name=" + name);
    open.add(0, machine);
    return machine;
  }

  private LogCapture capture(Machine machine) {
    LogCapture capture = LogCapture.open((CapturedLog) machine.kernel().log, log4j.context);
    open.add(0, capture);
    return capture;
  }

  private Logger library() {
    return log4j.context.getLogger(NAME);
  }

  /** {@code priority text} of all records that a library's name is in. */
  private static List<String> captured(Machine machine) {
    List<String> found = new ArrayList<>();
    LogReader reader = machine.log().ring().reader();
    jiffy.runtime.printk.ring.LogRecord record = new jiffy.runtime.printk.ring.LogRecord();
    while (reader.read(record)) {
      if (record.text().startsWith("org.example")) {
        found.add(record.priority() + " " + record.text());
      }
    }
    return found;
  }

  @Test
  void log4j_ofAForeignThread_comesToTheOneThatOptedIn() {
    Machine machine = boot("a");
    capture(machine);
    library().fatal("one");
    library().error("two {}", 2);
    library().warn("three");
    library().info("four");
    library().debug("five");
    library().trace("six");
    assertThat(captured(machine))
        .containsExactly(
            "10 org.example.Library: one",
            "11 org.example.Library: two 2",
            "12 org.example.Library: three",
            "14 org.example.Library: four",
            "15 org.example.Library: five",
            "15 org.example.Library: six");
  }

  @Test
  void javaUtilLogging_ofAForeignThread_comesToTheOneThatOptedIn() {
    Machine machine = boot("a");
    capture(machine);
    java.util.logging.Logger library = java.util.logging.Logger.getLogger("org.example.jul");
    library.severe("one");
    library.log(java.util.logging.Level.WARNING, "two {0}", 2);
    library.info("three");
    library.fine("below what it logs");
    assertThat(captured(machine))
        .containsExactly(
            "11 org.example.jul: one", "12 org.example.jul: two 2", "14 org.example.jul: three");
  }

  @Test
  void slf4j_comesByTheLog4jThatItIsBoundTo() {
    Machine machine = boot("a");
    open.add(0, machine.captureLogging());
    String name = "org.example.slf4j";
    Configurator.setLevel(name, Level.INFO);
    open.add(() -> Configurator.setLevel(name, (Level) null));
    org.slf4j.Logger library = org.slf4j.LoggerFactory.getLogger(name);
    library.info("one {}", 1);
    library.debug("two");
    assertThat(captured(machine)).containsExactly("14 org.example.slf4j: one 1");
  }

  @Test
  void events_onKernelsThreads_comeToEachItsOwn_theOthersToTheOneThatOptedIn() {
    Machine first = boot("first");
    Machine second = boot("second");
    capture(second);
    java.util.logging.Logger jul = java.util.logging.Logger.getLogger("org.example.jul");
    try (Attachment here = first.attach("task")) {
      library().info("task of the first");
      jul.info("task of the first");
    }
    try (Attachment here = second.attach("task")) {
      library().info("task of the second");
    }
    library().info("nobody's");
    jul.info("nobody's");
    assertThat(captured(first))
        .containsExactly(
            "14 org.example.Library: task of the first", "14 org.example.jul: task of the first");
    assertThat(captured(second))
        .containsExactly(
            "14 org.example.Library: task of the second",
            "14 org.example.Library: nobody's",
            "14 org.example.jul: nobody's");
  }

  @Test
  void twoThatOptIn_theFirstGetsIt_thenTheOther() {
    Machine first = boot("first");
    Machine second = boot("second");
    LogCapture firsts = capture(first);
    capture(second);
    library().info("one");
    firsts.close();
    library().info("two");
    assertThat(captured(first)).containsExactly("14 org.example.Library: one");
    assertThat(captured(second)).containsExactly("14 org.example.Library: two");
  }

  @Test
  void close_ofTheLast_leavesLoggingAsItWas() {
    List<Handler> handlers = List.of(java.util.logging.Logger.getLogger("").getHandlers());
    Machine machine = boot("a");
    LogCapture capture = capture(machine);
    LogCapture again = capture(machine);
    assertThat(log4j.context.getConfiguration().getAppenders()).hasSize(1);
    capture.close();
    capture.close();
    library().info("one");
    again.close();
    library().info("two");
    assertThat(captured(machine)).containsExactly("14 org.example.Library: one");
    assertThat(log4j.context.getConfiguration().getAppenders()).isEmpty();
    assertThat(java.util.logging.Logger.getLogger("").getHandlers())
        .containsExactlyElementsOf(handlers);
    log4j.context.setConfiguration(OwnLog4j.configuration(Level.ALL));
    assertThat(log4j.context.getConfiguration().getAppenders()).isEmpty();
  }

  @Test
  void closeOfTheMachine_endsItsCapture() {
    Machine machine = boot("a");
    LogCapture capture = machine.captureLogging();
    machine.close();
    assertThat(capture.isClosed()).isTrue();
  }

  @Test
  void newConfiguration_isCapturedToo() {
    Machine machine = boot("a");
    capture(machine);
    log4j.context.setConfiguration(OwnLog4j.configuration(Level.INFO, new Kept("kept", true)));
    library().info("one");
    assertThat(captured(machine)).containsExactly("14 org.example.Library: one");
  }

  @Test
  void configurationsOwnAppender_isTheOnlyOne() {
    Machine machine = boot("a");
    Configuration own = OwnLog4j.configuration(Level.INFO);
    log4j.context.setConfiguration(own);
    Appender kmsg = KmsgAppender.create("mine", null);
    kmsg.start();
    own.addAppender(kmsg);
    own.getRootLogger().addAppender(kmsg, Level.ERROR, null);
    log4j.context.updateLoggers();
    capture(machine);
    library().info("not interesting to whoever wrote it");
    library().error("one");
    assertThat(captured(machine)).containsExactly("11 org.example.Library: one");
  }

  @Test
  void thrown_followsLineByLine() {
    Machine machine = boot("a");
    capture(machine);
    Exception thrown = new IOException("disk", new IllegalStateException("worn out"));
    thrown.setStackTrace(
        new StackTraceElement[] {
          new StackTraceElement("org.example.Disk", "read", "Disk.java", 7)
        });
    thrown.getCause().setStackTrace(new StackTraceElement[0]);
    library().error("failed", thrown);
    assertThat(captured(machine))
        .containsExactly(
            "11 org.example.Library: failed",
            "11 org.example.Library: java.io.IOException: disk",
            "11 org.example.Library:  at org.example.Disk.read(Disk.java:7)",
            "11 org.example.Library: Caused by: java.lang.IllegalStateException: worn out");
    LogRecord jul = new LogRecord(java.util.logging.Level.SEVERE, "failed");
    jul.setLoggerName("org.example.jul");
    jul.setThrown(thrown);
    java.util.logging.Logger.getLogger("org.example.jul").log(jul);
    assertThat(captured(machine)).hasSize(8);
  }

  @Test
  void longMessage_isCutAtWhatARecordHolds() {
    Machine machine = boot("a");
    capture(machine);
    library().info("x".repeat(5000));
    assertThat(captured(machine))
        .containsExactly("14 org.example.Library: " + "x".repeat(991 - NAME.length() - 2));
  }

  @Test
  void toString_thatLogs_isCapturedInside() {
    Machine machine = boot("a");
    capture(machine);
    Object nosy =
        new Object() {
          @Override
          public String toString() {
            library().info("inner {}", 1);
            java.util.logging.Logger.getLogger("org.example.jul").info("inner too");
            return "nosy";
          }
        };
    library().info("outer {} {}", nosy, 2);
    java.util.logging.Logger.getLogger("org.example.jul")
        .log(java.util.logging.Level.INFO, "jul {0}", nosy);
    // The JVM's own handler asks for the text of a java.util.logging event as well.
    assertThat(captured(machine))
        .containsSubsequence(
            "14 org.example.Library: inner 1",
            "14 org.example.jul: inner too",
            "14 org.example.Library: outer nosy 2",
            "14 org.example.Library: inner 1",
            "14 org.example.jul: inner too",
            "14 org.example.jul: jul nosy")
        .containsOnlyOnce("14 org.example.Library: outer nosy 2", "14 org.example.jul: jul nosy");
  }

  /** Logs about each event that it writes, as an appender with a network client in it does. */
  private static final class Chatty extends AbstractAppender {
    private final Logger inner;
    private final java.util.logging.Logger jul =
        java.util.logging.Logger.getLogger("org.example.jul");
    volatile int written;

    Chatty(Logger inner) {
      super("chatty", null, null, true, Property.EMPTY_ARRAY);
      this.inner = inner;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate") // by one console
    public void append(LogEvent event) {
      if (event.getLoggerName().equals(Console.LOGGER)) {
        written = written + 1;
        inner.info("has written {}", event.getMessage());
        jul.info("has written");
      }
    }
  }

  @Test
  void consoleOfTheSameMachine_doesNotGoRound() {
    Machine machine = boot("a");
    capture(machine);
    Chatty chatty = new Chatty(library());
    log4j.context.setConfiguration(OwnLog4j.configuration(Level.ALL, chatty));
    machine.print(6, "org.example one");
    library().info("two");
    Console console = new Console(machine.log(), log4j.kmsg());
    console.start();
    assertThat(console.stop(30_000)).isTrue();
    long shown = machine.log().ring().nextSeq();
    assertThat(captured(machine))
        .containsExactly("6 org.example one", "14 org.example.Library: two");
    assertThat(chatty.written).isEqualTo((int) shown);
  }

  @Test
  void kmsgItself_isNotCaptured() {
    Machine machine = boot("a");
    capture(machine);
    long before = machine.log().ring().nextSeq();
    log4j.kmsg().error("by name");
    log4j.context.getLogger("kmsg.child").error("its children");
    log4j.context.getLogger("kmsgs").error("not this one");
    assertThat(machine.log().ring().nextSeq()).isEqualTo(before + 1);
  }

  @Test
  void simulatedMachine_getsIt_atVirtualTime_onTheThreadThatLogs() {
    try (Machine machine = Machine.simulate("nr_cpus=1")) {
      capture(machine);
      try (Attachment here = machine.attach("task")) {
        machine.simulation().orElseThrow().advance(Duration.ofSeconds(3));
        library().info("one");
      }
      assertThat(machine.dmesg()).last().isEqualTo("[    3.000000] org.example.Library: one");
    }
  }

  @Test
  void handler_underALock_getsItIn_andNobodySleeps() {
    try (Machine machine = Machine.simulate("nr_cpus=1")) {
      capture(machine);
      SpinlockT lock = new SpinlockT();
      TimerList timer = new TimerList();
      try (Attachment here = machine.attach("task")) {
        spin_lock_init(lock);
        timer_setup(
            timer,
            expired -> {
              spin_lock(lock);
              library().info("in softirq");
              spin_unlock(lock);
            },
            0);
        mod_timer(timer, jiffies() + 1);
        machine.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      }
      assertThat(captured(machine)).containsExactly("14 org.example.Library: in softirq");
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("BUG"));
    }
  }

  @Test
  void message_thatThrows_isSaid() {
    OptedIn optedIn = new OptedIn();
    List<String> stored = new ArrayList<>();
    optedIn.add(
        (current, facility, level, text) -> stored.add(facility + " " + level + " " + text));
    LibraryEvent.store(
        optedIn,
        "",
        3,
        () -> {
          throw new IllegalStateException("no");
        },
        null);
    assertThat(stored).containsExactly("1 3 (its message threw java.lang.IllegalStateException)");
  }

  @Test
  void nobodyOptedIn_isNowhere() {
    Machine machine = boot("a");
    LibraryEvent.store(new OptedIn(), NAME, 6, () -> "lost", null);
    assertThat(Stream.of(machine).flatMap(m -> captured(m).stream())).isEmpty();
  }
}
