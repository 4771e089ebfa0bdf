package jiffy.kernel;

/**
 * What the module loader puts before each access to a field or array element in a module's classes,
 * where a simulated machine explores who runs when; a module's own code never calls it.
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
}
