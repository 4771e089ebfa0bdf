package jiffy.testkit;

/**
 * A test that waits outside the kernel, or loops without calling it. Its stack is the culprit's.
 */
public final class StalledTestError extends AssertionError {
  private static final long serialVersionUID = 1L;

  StalledTestError(String message, StackTraceElement[] stack) {
    super(message);
    setStackTrace(stack);
  }
}
