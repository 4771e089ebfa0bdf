package jiffy.kernel;

/**
 * What the module loader puts before each access to a field or array element in a module's classes,
 * where a simulated machine explores who runs when; a module's own code never calls it.
 *
 * <p>The JVM's own locks are unknown to the kernel: who waits for one keeps its turn. So nobody is
 * preempted who may hold one: within {@code synchronized} and in class initializers.
 */
public final class ChoicePoint {
  private ChoicePoint() {}

  /**
   * Others may come first; does nothing on a thread of no kernel. Any context.
   *
   * @param what the step: {@code reads Kt.count}
   */
  public static void before(String what) {
    Current current = Current.orNull();
    if (current != null) {
      current.choicePoint(what);
    }
  }

  /**
   * A monitor is entered next: until it is left again, nobody comes first. Any context.
   *
   * @param monitor null, for which the JVM will throw, counts as nothing
   */
  public static void enterMonitor(Object monitor) {
    if (monitor != null) {
      enterMonitor();
    }
  }

  /** A synchronized method or a class initializer has begun: as a monitor. Any context. */
  public static void enterMonitor() {
    Current current = Current.orNull();
    if (current != null) {
      current.enterMonitor();
    }
  }

  /** Undoes one {@code enterMonitor}. Any context. */
  public static void leaveMonitor() {
    Current current = Current.orNull();
    if (current != null) {
      current.leaveMonitor();
    }
  }
}
