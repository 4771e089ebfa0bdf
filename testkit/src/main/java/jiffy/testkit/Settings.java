package jiffy.testkit;

import java.util.Optional;
import jiffy.testkit.explore.Schedule;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * How a {@link KernelTest} runs: what its annotation says, but for what the run was started with.
 *
 * @param commandLine of the machine
 * @param holdUpNanos two jiffies: so long it may be to a timer that was armed for the next one
 * @param schedules under how many it runs
 * @param replay the one it runs under, if any
 * @param patienceNanos real time after which a machine that does not get on is given up
 */
record Settings(
    String commandLine,
    long holdUpNanos,
    int schedules,
    long seed,
    Optional<Schedule> replay,
    boolean mayLeave,
    boolean mayComplain,
    long patienceNanos) {
  /** JUnit's configuration parameters, or system properties, that override the annotation. */
  static final String REPLAY = "jiffy.replay";

  private static final String SCHEDULES = "jiffy.schedules";
  private static final String SEED = "jiffy.seed";

  /** In seconds. */
  private static final String PATIENCE = "jiffy.patience";

  private static final long DEFAULT_PATIENCE = 5;

  /**
   * @throws IllegalArgumentException if a value is none; the message says which
   */
  static Settings of(ExtensionContext context) {
    KernelTest test =
        AnnotationSupport.findAnnotation(context.getRequiredTestMethod(), KernelTest.class)
            .orElseThrow();
    boolean isExplored = test.schedules() > 1 || !test.replay().isEmpty();
    String replay = isExplored ? given(context, REPLAY).orElse(test.replay()) : "";
    return new Settings(
        commandLine(test, isExplored),
        2 * 1_000_000_000L / test.hz(),
        isExplored ? (int) number(context, SCHEDULES, test.schedules()) : test.schedules(),
        number(context, SEED, test.seed()),
        replay.isEmpty() ? Optional.empty() : Optional.of(Schedule.parse(replay)),
        test.mayLeave(),
        test.mayComplain(),
        number(context, PATIENCE, DEFAULT_PATIENCE) * 1_000_000_000L);
  }

  private static String commandLine(KernelTest test, boolean isExplored) {
    String words = "hz=" + test.hz() + " nr_cpus=" + test.cpus();
    if (isExplored && !test.parameters().contains("log_buf_len=")) {
      words += " log_buf_len=128K"; // the usual megabyte is a good part of what a machine costs
    }
    return (words + " " + test.parameters()).strip();
  }

  /** Whether it runs on machines whose schedule is decided. */
  boolean isExplored() {
    return schedules > 1 || replay.isPresent();
  }

  private static Optional<String> given(ExtensionContext context, String name) {
    return context.getConfigurationParameter(name).filter(value -> !value.isBlank());
  }

  private static long number(ExtensionContext context, String name, long otherwise) {
    Optional<String> value = given(context, name);
    try {
      return value.isEmpty() ? otherwise : Long.parseLong(value.get().strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + "=" + value.get() + " is no number", e);
    }
  }
}
