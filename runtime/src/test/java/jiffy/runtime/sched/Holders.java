package jiffy.runtime.sched;

import static jiffy.linux.Wait.wait_event;
import static jiffy.linux.Wait.wake_up_all;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.TestKernel;
import jiffy.types.WaitQueueHead;

/** Tasks that take a lock, and keep it until the test lets them go. Thread safe. */
final class Holders {
  /** Who has got it, in the order of getting it. */
  final List<String> order = new CopyOnWriteArrayList<>();

  private final TestKernel kernel;
  private final WaitQueueHead wq = new WaitQueueHead();
  private final Set<String> released = ConcurrentHashMap.newKeySet();

  Holders(TestKernel kernel) {
    this.kernel = kernel;
  }

  /** A task that has the lock, or waits for it. */
  Task keeper(String name, Runnable lock, Runnable unlock) {
    return kernel.task(
        name,
        () -> {
          lock.run();
          order.add(name);
          wait_event(wq, () -> released.contains(name));
          unlock.run();
          return 0;
        });
  }

  /** A task that gives the lock back as soon as it has it. */
  Task passer(String name, Runnable lock, Runnable unlock) {
    released.add(name);
    return keeper(name, lock, unlock);
  }

  /** Has them give it back. */
  void letGo(String... names) {
    released.addAll(List.of(names));
    wake_up_all(wq);
  }

  /** Waits until so many have got it, and looks whether that is all. */
  void untilCount(int count) {
    kernel.until(count + " have it", () -> order.size() >= count);
    kernel.settle();
  }
}
