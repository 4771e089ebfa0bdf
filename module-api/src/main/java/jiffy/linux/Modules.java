package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.kernel.OwnedLoader;
import jiffy.types.ModuleStruct;

/**
 * {@code linux/module.h}, as far as it is about references: who holds one keeps a module from being
 * unloaded.
 *
 * <p>A module that others link to, or that has a file in /proc open, is held without these. A
 * reference is on the account of the module that took it: when that goes, or its init fails, what
 * it has not given back is taken back, and named in the log.
 *
 * <p>Contexts: any. All are thread safe. Where C has NULL for what is no module, here is null.
 */
public final class Modules {
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private Modules() {}

  /**
   * {@code THIS_MODULE}: the module whose code says so, on whatever thread it runs. Keep it where
   * it is asked for often: it looks at the stack.
   *
   * @return null in code that is of no module
   */
  public static ModuleStruct THIS_MODULE() {
    ClassLoader loader = STACK.getCallerClass().getClassLoader();
    return loader instanceof OwnedLoader ? ((OwnedLoader) loader).owner().module : null;
  }

  /**
   * {@code bool try_module_get(struct module *module)}: takes a reference, unless the module goes.
   *
   * @return true, also for null; false: its exit runs, it is gone, or its init has failed
   */
  public static boolean try_module_get(ModuleStruct module) {
    Current current = Current.get();
    return module == null || current.kernel.modules.tryGet(current, module.__owner);
  }

  /**
   * {@code void __module_get(struct module *module)}: takes a reference of a module that is held
   * already, or is the caller itself. One that goes all the same is not held by it, and that is
   * said in the log.
   */
  public static void __module_get(ModuleStruct module) {
    Current current = Current.get();
    if (module != null) {
      current.kernel.modules.get(current, module.__owner);
    }
  }

  /**
   * {@code void module_put(struct module *module)}: gives a reference back. One too many changes
   * nothing and is named in the log.
   */
  public static void module_put(ModuleStruct module) {
    Current current = Current.get();
    if (module != null) {
      current.kernel.modules.put(current, module.__owner);
    }
  }

  /**
   * {@code int module_refcount(struct module *module)}: what lsmod shows as {@code Used by}.
   *
   * @return how many references there are; one of them is its init's while that runs; -1 while it
   *     goes and afterwards
   */
  public static int module_refcount(ModuleStruct module) {
    return Current.get().kernel.modules.refcount(module.__owner);
  }

  /**
   * {@code module_name(mod)}.
   *
   * @return its name, as lsmod shows it; {@code kernel} for null
   */
  public static String module_name(ModuleStruct module) {
    return module == null ? "kernel" : module.name;
  }
}
