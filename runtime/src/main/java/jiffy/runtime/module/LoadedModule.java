package jiffy.runtime.module;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jiffy.kernel.Owner;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.PrivateCopy;
import jiffy.runtime.module.param.ParamSet;
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
  final ParamSet params;

  /** As Linux counts: the base, 1 while init runs, 1 for each get; 0 is going for good. */
  private final AtomicInteger refs = new AtomicInteger(REF_BASE + 1);

  private volatile ModuleState state = ModuleState.UNFORMED;
  private volatile long taints;
  private volatile boolean isPermanent;
  private volatile PluginWrapper wrapper;
  private volatile PluginCalls instance;

  /** Callbacks of its parameters that run now; each gives its one up. */
  private final Set<Consumer<Context>> callBacks = ConcurrentHashMap.newKeySet();

  /** What runs its init or exit now, or null. */
  private volatile Context hook;

  /** Of a hook that was given up, and of who gave it up: the second to be through buries it. */
  private final AtomicInteger mourners = new AtomicInteger(2);

  LoadedModule(Owner owner, ModuleFile file, PrivateCopy copy, long address) {
    this.owner = owner;
    this.file = file;
    this.copy = copy;
    this.address = address;
    this.params = new ParamSet(owner.paramLock);
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

  /** {@code try_module_get} and {@code __module_get}. @return false if it goes or is gone */
  boolean tryGet() {
    return switch (state) {
      case GOING, ZOMBIE, GONE -> false;
      default -> refs.getAndUpdate(count -> count == 0 ? 0 : count + 1) != 0;
    };
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

  /** It is given up: nobody gets a reference any more, and none counts. */
  void dropReferences() {
    refs.set(0);
  }

  void setHook(Context context) {
    hook = context;
  }

  Context hook() {
    return hook;
  }

  /** A callback begins. @param giveUp for {@link #abandonParams} */
  void addCallBack(Consumer<Context> giveUp) {
    callBacks.add(giveUp);
  }

  /** It has ended, or was given up. */
  void removeCallBack(Consumer<Context> giveUp) {
    callBacks.remove(giveUp);
  }

  /** Nobody sets or gets a parameter any more; what runs of that is given up. */
  void abandonParams(Context caller) {
    params.abandon(); // first: who comes from now on finds none
    callBacks.forEach(giveUp -> giveUp.accept(caller));
  }

  /** True for the second of the two. */
  boolean isLastMourner() {
    return mourners.decrementAndGet() == 0;
  }

  int refcount() {
    return refs.get() - REF_BASE;
  }

  /** Lets go of all that holds the module's class loader. */
  void forget() {
    wrapper = null;
    instance = null;
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
