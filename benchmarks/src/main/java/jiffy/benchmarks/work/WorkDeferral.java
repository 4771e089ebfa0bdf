package jiffy.benchmarks.work;

import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.system_wq;

import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/** Jiffy's work items: one for each piece, on the system's queue or on one of no CPU. */
final class WorkDeferral extends Deferral {
  private final OurKernel kernel = OurKernel.use();
  private final WorkStruct[] works;
  private final WorkqueueStruct queue;

  /**
   * @param unbound an ordered queue: unbound ones run several pieces at once
   */
  WorkDeferral(int pieces, Piece piece, boolean unbound) {
    queue = unbound ? alloc_ordered_workqueue("bench", 0) : system_wq();
    works = new WorkStruct[pieces];
    for (int i = 0; i < pieces; i++) {
      int index = i;
      works[i] = new WorkStruct();
      INIT_WORK(works[i], work -> piece.run(index));
    }
  }

  @Override
  void defer(int index) {
    queue_work(queue, works[index]);
  }

  @Override
  public void close() {
    kernel.close();
  }
}
