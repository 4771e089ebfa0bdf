package jiffy.runtime;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Predicate;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.sched.Tasks;

/** A machine that can make no more threads for tasks of the test's choice. Thread safe. */
public final class ThreadShortage {
  private volatile Predicate<String> refused = name -> false;

  /** None yet. */
  public ThreadShortage(Machine machine) {
    try {
      Field field = Tasks.class.getDeclaredField("arch");
      field.setAccessible(true);
      field.set(machine.tasks(), scarce((Arch) field.get(machine.tasks())));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("Tasks makes its threads in another way", e);
    }
  }

  private Arch scarce(Arch arch) {
    return (Arch)
        Proxy.newProxyInstance(
            Arch.class.getClassLoader(),
            new Class<?>[] {Arch.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("spawn") && refused.test((String) arguments[0])) {
                throw new IllegalStateException(
                    "no thread for '" + arguments[0] + "' can be made: too many");
              }
              try {
                return method.invoke(arch, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** From now on those tasks get no thread. */
  public void refuse(Predicate<String> names) {
    refused = names;
  }

  /** From now on kworkers get no thread. */
  public void refuseKworkers() {
    refuse(name -> name.startsWith("kworker/"));
  }

  /** It is over. */
  public void end() {
    refuse(name -> false);
  }
}
