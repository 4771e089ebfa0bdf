package jiffy.runtime.arch;

/** A thread as an {@link Arch} knows it: the handle to unpark. */
public abstract class HwThread {
  /** Its Java thread; for stack traces only. */
  private volatile Thread thread;

  /**
   * The thread met a StackOverflowError while it had a share of its CPU's gate in its hands, and no
   * stack to give it back: somebody does that for it. Set by the thread itself.
   */
  public volatile boolean owesBhShare;

  /** As {@link #owesBhShare}, of the share that disabled interrupts have. */
  public volatile boolean owesIrqShare;

  /** Read and written by the thread itself. */
  private boolean interrupted;

  /** Why it was given up; null: it was not. */
  private volatile String expelledBecause;

  HwThread() {}

  final void run(Thread javaThread) {
    thread = javaThread;
  }

  /**
   * Java's interrupts mean nothing to the kernel's waits, and a pending one would make each park
   * return at once: so a park takes it, and keeps it for {@link #takeInterrupt}.
   */
  final void keepInterrupt() {
    if (Thread.interrupted()) { // else no store: who unparks it reads this line
      interrupted = true;
    }
  }

  /**
   * Whether Java has interrupted the thread since the last call: for waits that promise to end
   * then. By the thread itself.
   */
  public final boolean takeInterrupt() {
    keepInterrupt();
    boolean was = interrupted;
    interrupted = false;
    return was;
  }

  /** From now on each park throws. @param why for the {@link Expelled} */
  final void expel(String why) {
    expelledBecause = why;
  }

  /** Throws if it was given up. */
  final void checkExpelled() {
    String why = expelledBecause;
    if (why != null) {
      throw new Expelled(why);
    }
  }

  /** The Java thread, or null before it has begun. For diagnostics: never park or start it. */
  public final Thread javaThread() {
    return thread;
  }
}
