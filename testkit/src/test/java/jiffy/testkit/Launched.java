package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import java.util.Map;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** A test method run from within another test, to look at how it ends. */
public final class Launched {
  private Launched() {}

  /**
   * Runs one method.
   *
   * @param configuration {@code jiffy.replay} and the like
   * @return what it failed with
   */
  public static Optional<Throwable> failureOf(
      Class<?> type, String method, Map<String, String> configuration) {
    Ends ends = new Ends();
    LauncherFactory.create(
            LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build())
        .execute(
            LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(type, method, TestMachine.class.getName()))
                .configurationParameters(configuration)
                .build(),
            ends);
    assertThat(ends.tests).as("tests that ran: " + type + "#" + method).isEqualTo(1);
    return Optional.ofNullable(ends.thrown);
  }

  /** As above, with nothing else. */
  public static Optional<Throwable> failureOf(Class<?> type, String method) {
    return failureOf(type, method, Map.of());
  }

  private static final class Ends implements TestExecutionListener {
    private int tests;
    private Throwable thrown;

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      tests += test.isTest() ? 1 : 0;
      if (thrown == null) {
        thrown = result.getThrowable().orElse(null);
      }
    }
  }
}
