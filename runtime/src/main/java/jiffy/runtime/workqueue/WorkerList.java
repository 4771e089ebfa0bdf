package jiffy.runtime.workqueue;

import java.util.function.Consumer;

/**
 * Kworkers, linked through themselves: one is on at most one such list. Guarded by the lock of
 * their pool.
 */
final class WorkerList {
  private Worker first;
  private int size;

  Worker first() {
    return first;
  }

  int size() {
    return size;
  }

  /** As the first. */
  void add(Worker worker) {
    worker.next = first;
    first = worker;
    size++;
  }

  /** Takes one out that is here. */
  void remove(Worker worker) {
    if (first == worker) {
      first = worker.next;
    } else {
      Worker before = first;
      while (before.next != worker) {
        before = before.next;
      }
      before.next = worker.next;
    }
    worker.next = null;
    size--;
  }

  void forEach(Consumer<Worker> action) {
    for (Worker worker = first; worker != null; worker = worker.next) {
      action.accept(worker);
    }
  }
}
