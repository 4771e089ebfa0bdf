package jiffy.runtime.irq;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import jiffy.kernel.TaskletHome;
import jiffy.types.TaskletStruct;

/**
 * The scheduled tasklets of one CPU and one vector. Anybody puts one in, by the {@link
 * TaskletMouth}; the CPU's softirq thread takes them out, a pass at a time.
 */
final class TaskletList implements TaskletHome {
  /*
   *   ring       the usual case: tasklets that are at home here, first in, first out
   *   incoming   the mouth's stack, for those that the ring cannot take: it is full, or they run elsewhere.
   *              The taker turns it round, which makes it first in, first out
   *   ready      what this pass has to look at before the ring; a field, for a callback that is given up
   *              leaves the rest to a fresh thread
   *   aside      scheduled, but they may not run now: disabled, running on another CPU, or of a module
   *              that is going
   *
   * On Linux what may not run stays on the list and the softirq is raised again and again until it may.
   * Here nothing turns: who lets it run (tasklet_enable, or the CPU that has run it) raises the vector on
   * the CPU where it waits, and the next pass looks again at all that are aside. The two meet like this:
   *
   *     CPU's thread                        who lets it run
   *     put aside, tasklet.__aside = list   count = 0, or it runs no longer
   *     look at count and RUN again:        look at __aside: if it is set, raise
   *       if it may run, raise
   *
   * An errand is a piece of work for the CPU's own thread, at the end of a pass that has begun after it was
   * given: all that was scheduled before has been looked at by then, and what is left of that is aside.
   * So the cold questions (what does kt still have here?) need no lock here.
   */

  final int cpu;
  final Vector vector;

  /** What runs now. */
  final RunSlot slot = new RunSlot();

  final TaskletRing ring;
  final TaskletMouth mouth;

  private final TaskletChain ready = new TaskletChain();
  private TaskletChain aside = new TaskletChain();
  private final ConcurrentLinkedQueue<Consumer<TaskletList>> errands =
      new ConcurrentLinkedQueue<>();

  /** So many errands were given before this pass began. */
  private int dueErrands;

  private volatile boolean inPass;
  private volatile boolean anyAside;

  TaskletList(int cpu, Vector vector) {
    this.cpu = cpu;
    this.vector = vector;
    this.ring = new TaskletRing(this);
    this.mouth = ring.mouth;
  }

  @Override
  public boolean holds(TaskletStruct tasklet) {
    return mouth.had(tasklet);
  }

  @Override
  public boolean runs(TaskletStruct tasklet) {
    return slot.calls(tasklet);
  }

  /** A pass begins: what was aside comes before what was scheduled since the last pass. */
  void beginPass() {
    inPass = true;
    dueErrands = errands.isEmpty() ? 0 : errands.size();
    if (!aside.isEmpty()) {
      for (TaskletStruct each = aside.poll(); each != null; each = aside.poll()) {
        each.__aside = null;
        ready.add(each);
      }
    }
    boolean isStacked = mouth.incoming != null; // before the look at the tail: see TaskletMouth
    ring.begin();
    if (isStacked) {
      for (TaskletStruct each = ring.takeFirst(); each != null; each = ring.takeFirst()) {
        ready.add(each);
      }
      ready.addStack(mouth.takeStack());
    }
  }

  /** The pass goes on with what has come in meanwhile. @return whether there is some */
  boolean looksAgain() {
    if (mouth.incoming != null) {
      return false;
    }
    ring.begin();
    return ring.hasItems();
  }

  /** The next one of this pass that is not in the ring; null: only the ring is left. */
  TaskletStruct next() {
    return ready.poll();
  }

  /** The tasklet, just taken, may not run. */
  void setAside(TaskletStruct tasklet) {
    aside.add(tasklet);
    tasklet.__aside = this;
  }

  /**
   * All have been looked at.
   *
   * @param caughtUp nothing has come in since
   * @param rests nor is more expected soon
   */
  void endPass(boolean caughtUp, boolean rests) {
    if (caughtUp) {
      ring.clear(); // a slot may keep a module's class loader
      if (rests) {
        mouth.tellHead();
      }
    }
    for (; dueErrands > 0; dueErrands--) {
      errands.remove().accept(this);
    }
    boolean any = !aside.isEmpty();
    if (any != anyAside) {
      anyAside = any;
    }
    inPass = false;
  }

  /** For the end of a pass that begins from now on; the caller raises the vector. */
  void addErrand(Consumer<TaskletList> errand) {
    errands.add(errand);
  }

  /**
   * For an errand: takes out the tasklets that are aside and match, each still marked scheduled.
   */
  void removeAside(Predicate<TaskletStruct> match, Consumer<TaskletStruct> taken) {
    TaskletChain rest = new TaskletChain();
    for (TaskletStruct each = aside.poll(); each != null; each = aside.poll()) {
      if (match.test(each)) {
        each.__aside = null;
        taken.accept(each);
      } else {
        rest.add(each);
      }
    }
    aside = rest;
  }

  /** Whether certainly nothing is here. Any thread; what is pushed meanwhile does not count. */
  boolean isEmpty() {
    return mouth.incoming == null && ring.head() == mouth.tail() && !inPass && !anyAside;
  }
}
