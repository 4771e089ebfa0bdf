package jiffy.testkit;

import jiffy.testkit.explore.Exploration;

/**
 * A test that fails under some schedule: the message says which, how to repeat it, and who did
 * what; the cause is what the test threw.
 */
public final class ScheduleFailure extends AssertionError {
  private static final long serialVersionUID = 1L;

  ScheduleFailure(Exploration.Failure failure, Settings settings) {
    super(text(failure, settings), failure.thrown());
  }

  private static String text(Exploration.Failure failure, Settings settings) {
    StringBuilder text = new StringBuilder();
    Throwable thrown = failure.thrown();
    boolean isAssertion = thrown instanceof AssertionError && thrown.getMessage() != null;
    text.append(isAssertion ? thrown.getMessage() : thrown);
    if (settings.replay().isEmpty()) {
      text.append("\n\nunder schedule ")
          .append(failure.number())
          .append(" of ")
          .append(settings.schedules())
          .append(", seed ")
          .append(settings.seed())
          .append("; ");
      if (failure.isRepeatable()) {
        text.append(failure.smallest().size())
            .append(" of its ")
            .append(failure.found().size())
            .append(
                " changes of turn are enough. To repeat just that:\n    @KernelTest(replay = \"")
            .append(failure.smallest())
            .append("\")\nor, without a change to the test, -D" + Settings.REPLAY + "=")
            .append(failure.smallest());
      } else {
        text.append(
            "but not again under the same schedule: the test depends on something else, such as"
                + " the system's clock, a random number, or what an earlier run has left in a"
                + " static field");
      }
    }
    text.append("\n\nwho did what:\n");
    failure.interleaving().lines().forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }
}
