package jiffy.runtime.arch;

/** A thread as an {@link Arch} knows it: the handle to unpark. */
public abstract class HwThread {
  /** Its Java thread; for stack traces only. */
  private volatile Thread thread;

  HwThread() {}

  final void run(Thread javaThread) {
    thread = javaThread;
  }

  /** The Java thread, or null before it has begun. For diagnostics: never park or start it. */
  public final Thread javaThread() {
    return thread;
  }
}
