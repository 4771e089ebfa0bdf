package example.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

class TableTest {
  static final ModuleJar TABLE = ModuleJar.ofModule(Table.class);

  @KernelTest
  void carelessTable_inTheUsualOrder_isMadeOnce(TestMachine kernel) {
    kernel.insmod("table", TABLE);
    kernel.advance(Duration.ofSeconds(1));
    kernel.rmmod("table");
    assertThat(kernel.dmesg()).hasText("table: made 1 time(s), 2 in use");
  }

  @KernelTest(schedules = 1000)
  void carefulTable_inAnyOrder_isMadeOnce(TestMachine kernel) {
    kernel.insmod("table", TABLE, "careful=1");
    kernel.advance(Duration.ofSeconds(1));
    kernel.rmmod("table");
    assertThat(kernel.dmesg()).hasText("table: made 1 time(s), 2 in use");
  }
}
