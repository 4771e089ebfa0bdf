package example.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import jiffy.testkit.ScheduleFailure;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** The race is found, whoever runs the tests. */
class TableRaceTest {
  @Test
  void race_isFound_andSaysHowToRepeatIt() {
    SummaryGeneratingListener summary = new SummaryGeneratingListener();
    LauncherFactory.create()
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(TableRace.class)).build(),
            summary);
    List<Failure> failures = summary.getSummary().getFailures();
    assertThat(failures).hasSize(1);
    assertThat(failures.get(0).getException())
        .isInstanceOf(ScheduleFailure.class)
        .hasMessageContaining("made 2 time(s)")
        .hasMessageContaining("@KernelTest(replay = ")
        .hasMessageContaining("reads Table.table");
  }
}
