package jiffy.kernel;

/** What a kernel does for {@code jiffy.linux.Modules}; contracts are there. */
public interface ModuleOps {
  /** {@code try_module_get}; on the calling module's account. */
  boolean tryGet(Current current, Owner module);

  /** {@code __module_get}; on the calling module's account. */
  void get(Current current, Owner module);

  /** {@code module_put}. */
  void put(Current current, Owner module);

  /** {@code module_refcount}. */
  int refcount(Owner module);
}
