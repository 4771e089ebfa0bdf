package jiffy.runtime.printk.console;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The kernels that take what the JVM's other threads log. The first of them gets it: nothing is
 * stored twice. Thread safe; readers wait for nothing.
 */
final class OptedIn {
  private final List<CapturedLog> logs = new CopyOnWriteArrayList<>();

  void add(CapturedLog log) {
    logs.add(log);
  }

  /** Takes one back; others that the same kernel has added stay. */
  void remove(CapturedLog log) {
    logs.remove(log);
  }

  boolean isEmpty() {
    return logs.isEmpty();
  }

  /** Null: there is none. */
  CapturedLog first() {
    for (CapturedLog log : logs) {
      return log;
    }
    return null;
  }
}
