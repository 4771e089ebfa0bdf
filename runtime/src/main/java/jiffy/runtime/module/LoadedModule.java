package jiffy.runtime.module;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.PrivateCopy;
import jiffy.runtime.module.param.Param;
import org.pf4j.PluginWrapper;

/**
 * One load of one module, from insmod to its end.
 *
 * <p>{@link Registry} moves its state, under its lock. What holds on to the module's classes is set
 * by the loading task, read by the unloading one, and dropped by {@link #forget}: this object may
 * outlive the module on somebody's stack.
 */
final class LoadedModule {
  /** Of the reference count while the module is not going: {@code MODULE_REF_BASE}. */
  private static final int REF_BASE = 1;

  final Owner owner;
  final ModuleFile file;
  final PrivateCopy copy;
  final long address;

  /** As Linux counts: the base, 1 while init runs, 1 for each get; 0 is going for good. */
  private final AtomicInteger refs = new AtomicInteger(REF_BASE + 1);

  private volatile ModuleState state = ModuleState.UNFORMED;
  private volatile long taints;
  private volatile boolean isPermanent;
  private volatile PluginWrapper wrapper;
  private volatile PluginCalls instance;
  private volatile List<Param> params = List.of();

  LoadedModule(Owner owner, ModuleFile file, PrivateCopy copy, long address) {
    this.owner = owner;
    this.file = file;
    this.copy = copy;
    this.address = address;
  }

  String name() {
    return file.name();
  }

  ModuleState state() {
    return state;
  }

  /** Registry only. */
  void setState(ModuleState next) {
    if (!state.next().contains(next)) {
      throw new IllegalStateException(
          "module " + name() + " cannot go from " + state + " to " + next);
    }
    state = next;
  }

  void setTaints(long flags) {
    taints = flags;
  }

  long taints() {
    return taints;
  }

  void setWrapper(PluginWrapper wrapper) {
    this.wrapper = wrapper;
  }

  PluginWrapper wrapper() {
    return wrapper;
  }

  ClassLoader loader() {
    PluginWrapper own = wrapper;
    return own == null ? null : own.getPluginClassLoader();
  }

  void setInstance(PluginCalls instance) {
    this.instance = instance;
    isPermanent = instance.initCall() != null && instance.exitCall() == null;
  }

  /** Null until it is made, and after {@link #forget}. */
  PluginCalls instance() {
    return instance;
  }

  boolean isPermanent() {
    return isPermanent;
  }

  void setParams(List<Param> params) {
    this.params = params;
  }

  List<Param> params() {
    return params;
  }

  /** {@code try_module_get}. */
  boolean tryGet() {
    return state != ModuleState.GOING
        && refs.getAndUpdate(count -> count == 0 ? 0 : count + 1) != 0;
  }

  /** {@code module_put}. @return whether there was anything to give back */
  boolean put() {
    return refs.getAndUpdate(count -> count > REF_BASE ? count - 1 : count) > REF_BASE;
  }

  /**
   * {@code try_stop_module}: from success on nobody gets a reference.
   *
   * @return whether nobody holds one
   */
  boolean releaseBase() {
    return refs.compareAndSet(REF_BASE, 0);
  }

  int refcount() {
    return refs.get() - REF_BASE;
  }

  /** Lets go of all that holds the module's class loader. */
  void forget() {
    wrapper = null;
    instance = null;
    params = List.of();
  }

  ModuleView view() {
    return view(List.of());
  }

  ModuleView view(List<String> holders) {
    return new ModuleView(
        name(),
        copy.pages(),
        refcount(),
        holders,
        state,
        isPermanent,
        Taint.letters(taints),
        address,
        file.version());
  }
}
