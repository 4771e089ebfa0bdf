package jiffy.runtime.proc;

import jiffy.kernel.Owner;

/** What an open file asks of the module room, which comes after this one. Thread safe. */
public interface ModuleHold {
  /** {@code try_module_get}: false if the module goes. */
  boolean tryGet(Owner owner);

  /** {@code module_put}. */
  void put(Owner owner);

  /** Code of a module threw: taints the kernel. */
  void oopsed();
}
