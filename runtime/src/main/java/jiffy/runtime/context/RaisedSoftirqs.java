package jiffy.runtime.context;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.CacheLine;

/**
 * The softirq vectors that are raised on a CPU and not served yet, a bit each, and whether the
 * CPU's softirq thread sleeps. Thread safe.
 *
 * <p>One word, in a cache line of its own: who raises something writes, and takes from the other
 * processor, no other line.
 */
public final class RaisedSoftirqs extends RaisedSoftirqsFields {
  /*
   *     30      25          16 9            0
   *     asleep | raised by a task | raised |
   *
   *     thread                              raiser
   *     CAS 0 -> asleep, or looks again     word |= bits
   *     parks                               asleep? unpark
   *
   * So either the raiser sees that the thread sleeps, or the thread does not fall asleep.
   */
  private static final int TASK_SHIFT = 16;

  private static final int VECTORS = (1 << TASK_SHIFT) - 1;
  private static final int ASLEEP = 1 << 30;

  /** Keeps the next object's fields out of the line of ours. */
  long back0, back1, back2, back3, back4, back5, back6;

  RaisedSoftirqs() {}

  /** What is raised. */
  public int get() {
    return word & VECTORS;
  }

  /** Raises vectors. @param byTask those of them that a task raises @return whether one is new */
  public boolean raise(int vectors, int byTask) {
    int bits = vectors | byTask << TASK_SHIFT;
    return (word & bits) != bits
        && ((int) WORD.getAndBitwiseOr((RaisedSoftirqsFields) this, bits) & vectors) != vectors;
  }

  /**
   * For the softirq thread: nothing is raised any more.
   *
   * @return what was, for {@link #vectors} and {@link #byTask}
   */
  public int take() {
    return (int) WORD.getAndSet((RaisedSoftirqsFields) this, 0);
  }

  /** The vectors of what was taken. */
  public static int vectors(int taken) {
    return taken & VECTORS;
  }

  /** Those of them that a task has raised. */
  public static int byTask(int taken) {
    return taken >>> TASK_SHIFT & taken & VECTORS;
  }

  /** For the softirq thread: who raises something wakes it from now on. @return false: not now */
  public boolean fallAsleep() {
    return WORD.compareAndSet((RaisedSoftirqsFields) this, 0, ASLEEP);
  }

  /** For the softirq thread: it sleeps no longer. */
  public void awake() {
    WORD.getAndBitwiseAnd((RaisedSoftirqsFields) this, ~ASLEEP);
  }

  /** Whether the thread sleeps, or is about to: it has to be unparked. */
  public boolean isAsleep() {
    return (word & ASLEEP) != 0;
  }

  /** How many passes over its raised vectors the softirq thread has finished. */
  long passes() {
    return passes;
  }

  /** By the thread, or who has given it up. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer
  void passDone() {
    passes++;
  }
}

/** The fields of {@link RaisedSoftirqs}. */
abstract class RaisedSoftirqsFields extends CacheLine {
  static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(RaisedSoftirqsFields.class, "word", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  volatile long passes;
  volatile int word;
}
