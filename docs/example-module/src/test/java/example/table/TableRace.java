package example.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import jiffy.testkit.KernelTest;
import jiffy.testkit.TestMachine;

/** Fails, as it should: the careless table has a race. */
class TableRace {
  @KernelTest(schedules = 1000)
  void carelessTable_inAnyOrder_isMadeOnce(TestMachine kernel) {
    kernel.insmod("table", TableTest.TABLE);
    kernel.advance(Duration.ofSeconds(1));
    kernel.rmmod("table");
    assertThat(kernel.dmesg()).hasPart("table: made 1 time(s)");
  }
}
