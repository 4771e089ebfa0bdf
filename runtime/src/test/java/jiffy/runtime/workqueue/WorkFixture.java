package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.alloc_workqueue;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.WorkFunction;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;

/** What the tests of the rows of truth/FACTS.md on works share. */
abstract class WorkFixture {
  final TestKernel kernel;
  final Stay stay;
  final WorkqueueStruct queue;
  final AtomicInteger runs = new AtomicInteger();
  final ConcurrentLinkedQueue<Object> seen = new ConcurrentLinkedQueue<>();

  WorkFixture(Platform platform) {
    kernel = TestKernel.boot(platform);
    stay = new Stay(kernel);
    queue = alloc_workqueue("bound", 0, 0);
  }

  @AfterEach
  void halt() {
    stay.close();
    kernel.close();
  }

  /** That function, and its runs are counted. */
  WorkFunction counted(WorkFunction function) {
    return work -> {
      runs.incrementAndGet();
      function.call(work);
    };
  }
}
