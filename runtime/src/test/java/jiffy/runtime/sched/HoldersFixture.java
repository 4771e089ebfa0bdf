package jiffy.runtime.sched;

import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import org.junit.jupiter.api.AfterEach;

/** What the tests of sleeping locks share. */
abstract class HoldersFixture {
  final TestKernel kernel;
  final Machine machine;
  final Holders holders;

  /** Who has got the lock, in the order of getting it. */
  final List<String> order;

  HoldersFixture(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    holders = new Holders(kernel);
    order = holders.order;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }
}
