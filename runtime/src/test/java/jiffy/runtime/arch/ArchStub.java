package jiffy.runtime.arch;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;

/** An arch of which a test answers some calls itself; the others go to a real one. */
public final class ArchStub {
  /** Returned for a call that is not the test's. */
  public static final Object PASS_ON = new Object();

  /** Answers a call, or passes it on. */
  @FunctionalInterface
  public interface Answers {
    Object answer(String method, Object[] arguments);
  }

  private ArchStub() {}

  /** The real one, but for what is answered. */
  public static Arch of(Arch real, Answers answers) {
    return (Arch)
        Proxy.newProxyInstance(
            Arch.class.getClassLoader(),
            new Class<?>[] {Arch.class},
            (proxy, method, arguments) -> {
              Object answer = answers.answer(method.getName(), arguments);
              if (answer != PASS_ON) {
                return answer;
              }
              try {
                return method.invoke(real, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
