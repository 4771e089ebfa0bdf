package jiffy.benchmarks.work;

import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;

import jiffy.types.TaskletStruct;

/** Jiffy's tasklets: one for each piece, run by the softirq thread of the caller's CPU. */
final class TaskletDeferral extends Deferral {
  private final OurKernel kernel = OurKernel.use();
  private final TaskletStruct[] tasklets;

  TaskletDeferral(int pieces, Piece piece) {
    tasklets = new TaskletStruct[pieces];
    for (int i = 0; i < pieces; i++) {
      int index = i;
      tasklets[i] = new TaskletStruct();
      tasklet_setup(tasklets[i], tasklet -> piece.run(index));
    }
  }

  @Override
  void defer(int index) {
    tasklet_schedule(tasklets[index]);
  }

  @Override
  public void close() {
    kernel.close();
  }
}
