package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;
import jiffy.types.TaskletStruct;

/**
 * The scheduled tasklets of one CPU and one vector. Anybody pushes, with one CAS; the CPU's softirq
 * thread takes all at once.
 */
final class TaskletList {
  /*
   *   incoming   a stack: pushed by CAS, taken whole by an exchange, so that no pop can meet an ABA; the
   *              taker turns it round, which makes it first in, first out
   *   ready      what this pass has still to look at; a field, for a callback that is given up leaves
   *              the rest to a fresh thread
   *   aside      scheduled, but they may not run now: disabled, running on another CPU, or of a module
   *              that is going
   *
   * On Linux what may not run stays on the list and the softirq is raised again and again until it may.
   * Here nothing turns: who lets it run (tasklet_enable, or the CPU that has run it) raises the vector on
   * the CPU where it waits, and the next pass looks again at all that are aside. The two meet like this:
   *
   *     CPU's thread                        who lets it run
   *     put aside, tasklet.__aside = list   count = 0, or __runner = null
   *     look at count and __runner again:   look at __aside: if it is set, raise
   *       if it may run, raise
   *
   * An errand is a piece of work for the CPU's own thread, between two passes, when all that is left is
   * aside or incoming: so the cold questions (what does kt still have here?) need no lock here.
   */

  private static final VarHandle INCOMING;

  static {
    try {
      INCOMING =
          MethodHandles.lookup().findVarHandle(TaskletList.class, "incoming", TaskletStruct.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int cpu;
  final Vector vector;

  /** What runs now. */
  final RunSlot slot = new RunSlot();

  @SuppressWarnings("unused") // through INCOMING
  private volatile TaskletStruct incoming;

  private final TaskletChain ready = new TaskletChain();
  private TaskletChain aside = new TaskletChain();
  private final ConcurrentLinkedQueue<Consumer<TaskletList>> errands =
      new ConcurrentLinkedQueue<>();
  private volatile boolean inPass;
  private volatile boolean anyAside;

  TaskletList(int cpu, Vector vector) {
    this.cpu = cpu;
    this.vector = vector;
  }

  /** Appends a tasklet whose link the caller owns. Any thread; all or nothing. */
  void push(TaskletStruct tasklet) {
    TaskletStruct top;
    do {
      top = incoming;
      tasklet.__next = top == null ? TaskletChain.END : top;
    } while (!INCOMING.compareAndSet(this, top, tasklet));
  }

  /** A pass begins: what was aside comes before what was scheduled since the last pass. */
  void beginPass() {
    inPass = true;
    if (!aside.isEmpty()) {
      for (TaskletStruct each = aside.poll(); each != null; each = aside.poll()) {
        each.__aside = null;
        ready.add(each);
      }
    }
    if (incoming != null) {
      ready.addStack((TaskletStruct) INCOMING.getAndSet(this, null));
    }
  }

  /** The next one of this pass; null: it is over. */
  TaskletStruct next() {
    return ready.poll();
  }

  /** The tasklet, just taken, may not run. */
  void setAside(TaskletStruct tasklet) {
    aside.add(tasklet);
    tasklet.__aside = this;
  }

  /** All have been looked at. */
  void endPass() {
    if (!errands.isEmpty()) {
      for (Consumer<TaskletList> each = errands.poll(); each != null; each = errands.poll()) {
        each.accept(this);
      }
    }
    boolean any = !aside.isEmpty();
    if (any != anyAside) {
      anyAside = any;
    }
    inPass = false;
  }

  /** For the CPU's thread at the end of the next pass; the caller raises the vector. */
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
    return incoming == null && !inPass && !anyAside;
  }

  /** Whether something is aside that nobody may have been told of; for who owes a wake-up. */
  boolean hasAside() {
    return inPass || anyAside;
  }
}
