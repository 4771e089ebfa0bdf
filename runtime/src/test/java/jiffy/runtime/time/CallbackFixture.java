package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import org.junit.jupiter.api.AfterEach;

/** What tests share whose callbacks stay in their functions until they are let go. */
abstract class CallbackFixture {
  final TestKernel kernel;
  final Machine machine;
  final AtomicInteger runs = new AtomicInteger();
  final AtomicBoolean entered = new AtomicBoolean();
  final AtomicBoolean release = new AtomicBoolean();
  final AtomicBoolean left = new AtomicBoolean();
  final List<Object> seen = new CopyOnWriteArrayList<>();

  CallbackFixture(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    release.set(true);
    kernel.close();
  }

  /** For a callback: says that it has begun, and spins until it is let go. */
  void stay() {
    entered.set(true);
    spinUntil(release);
    left.set(true);
  }

  static void spinUntil(AtomicBoolean flag) {
    while (!flag.get()) {
      cpu_relax();
    }
  }
}
