package jiffy.runtime.irq;

import static jiffy.types.TaskletStruct.__HOMED;

import java.lang.invoke.VarHandle;
import jiffy.kernel.TaskletHome;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.TaskletStruct;

/** Linux's two bits of a tasklet, SCHED and RUN: who has them. Thread safe. */
final class TaskletBits {
  /*
   *   SCHED   __next null: nobody has it. A CAS to END gets it. Then it is the list's link, and the list
   *           hands it to its CPU's thread, which sets null again before it calls. KILLED: somebody in
   *           tasklet_kill has it.
   *           __next HOMED: its home has it, if its ticket is not below the head of the home's ring. So
   *           the CPU's thread gives it away when it moves the head, and writes nothing to the tasklet.
   *   RUN     __runner: CAS null -> list by the CPU's thread; null again after the call. Or, of one that
   *           its home calls: the home's slot says so, and again nothing is written.
   *
   * That is what makes scheduling cheap: in the usual case, at home, neither who schedules a tasklet nor who
   * runs it writes anything to it. Of tickets HandoverRing tells.
   *
   * Who may change one that is HOMED:
   *
   *     its ticket is below the head   who holds the lock of the home's mouth: schedules it again, or makes
   *                                    its link a mark of his own (claim)
   *     it is not                      the home's thread: moves the head past it and calls it; or makes its
   *                                    link END, moves the head and treats it as one from a list
   *
   * As its link is made END before the head moves, who finds it below the head and then still HOMED, with
   * the mouth's lock held, may change it.
   *
   * A tasklet runs at home, or where __runner says. It gets another home only by who has SCHED, and only
   * when it does not run at the last one: so __home says where to look for its RUN, also when it is HOMED
   * no longer.
   *
   *     CPU's thread, at home            who waits for SCHED, then for RUN
   *     slot: announce                   sees that the head has moved
   *     head moves                       looks at the slot
   *     calls
   *
   * As long as a link is owned, a StackOverflowError of a module's can be put right by a plain write:
   * __next = null, it is not scheduled after all.
   *
   * Who disables counts up and then looks at RUN; the CPU's thread takes RUN and then looks at the
   * count: one of the two sees the other. Who waits is on the wait list before it looks; the CPU's
   * thread gives RUN back, then looks at the list.
   */

  /** The link while somebody in tasklet_kill has SCHED. */
  static final TaskletStruct KILLED = new TaskletStruct();

  private final Arch arch;

  TaskletBits(Arch arch) {
    this.arch = arch;
  }

  /**
   * Gets SCHED of one that nobody has scheduled. A full fence, whatever comes of it: what the
   * caller wrote before will be seen by the function.
   *
   * @param mark its link from now on
   * @return whether the caller has it
   */
  boolean claim(Context context, TaskletStruct tasklet, TaskletStruct mark) {
    VarHandle.fullFence();
    for (; ; ) {
      TaskletStruct next = tasklet.__next;
      if (next == null) {
        if (TaskletStruct.__NEXT.compareAndSet(tasklet, null, mark)) {
          return true;
        }
      } else if (next == __HOMED) {
        TaskletMouth mouth = ((TaskletList) tasklet.__home).mouth;
        HandoverMouth.Fate fate = mouth.claim(arch, context, tasklet, mark);
        if (fate != HandoverMouth.Fate.REFUSED) {
          return fate == HandoverMouth.Fate.DONE;
        }
      } else {
        return false;
      }
    }
  }

  /**
   * For who has SCHED: whether it runs anywhere but in the hands of that list's thread. That it
   * does not, stays so.
   */
  static boolean runsElsewhere(TaskletStruct tasklet, TaskletList list) {
    TaskletHome home = tasklet.__home;
    if (home != null && home != list && home.runs(tasklet)) {
      return true;
    }
    Object runner = tasklet.__runner;
    return runner != null && runner != list;
  }

  /** The list whose CPU's thread runs it; null: it does not run. */
  static TaskletList runner(TaskletStruct tasklet) {
    TaskletHome home = tasklet.__home;
    return (TaskletList) (home != null && home.runs(tasklet) ? home : tasklet.__runner);
  }
}
