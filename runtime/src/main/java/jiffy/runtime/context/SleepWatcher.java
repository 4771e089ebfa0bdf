package jiffy.runtime.context;

/** Is told when the context that it watches sleeps in the kernel: a kworker's pool goes on then. */
public interface SleepWatcher {
  /** It is about to sleep; called by itself. */
  void sleeps(Context context);

  /** It has slept; called by itself, unless its stack has overflowed. */
  void wakes(Context context);
}
