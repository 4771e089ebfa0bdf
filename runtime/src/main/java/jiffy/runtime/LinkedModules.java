package jiffy.runtime;

import java.util.stream.Collectors;
import jiffy.kernel.Current;
import jiffy.kernel.ModuleOps;
import jiffy.kernel.Owner;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.Modules;
import jiffy.runtime.module.Taint;
import jiffy.runtime.proc.ModuleHold;

/**
 * What earlier rooms ask of the modules: to hold one, to count references, to name all. Thread
 * safe, once bound.
 */
final class LinkedModules implements ModuleHold, ModuleOps {
  private volatile Modules modules;

  /** Once, at boot. */
  void bind(Modules modules) {
    this.modules = modules;
  }

  @Override
  public boolean tryGet(Owner owner) {
    return owner == Owner.CORE || modules.hold(owner);
  }

  @Override
  public void put(Owner owner) {
    if (owner != Owner.CORE) {
      modules.letGo(owner);
    }
  }

  @Override
  public void oopsed() {
    modules.taint().add(Taint.Flag.DIE);
  }

  @Override
  public boolean tryGet(Current current, Owner module) {
    return modules.tryGet(ownerOf(current), module);
  }

  @Override
  public void get(Current current, Owner module) {
    modules.get(ownerOf(current), module);
  }

  @Override
  public void put(Current current, Owner module) {
    modules.put(ownerOf(current), module);
  }

  @Override
  public int refcount(Owner module) {
    return modules.refcount(module);
  }

  private static Owner ownerOf(Current current) {
    return ((Context) current).owner();
  }

  /** {@code print_modules()}: {@code a(OE) b(OE+)}. */
  String linkedIn() {
    return modules.list().stream().map(ModuleView::linkedIn).collect(Collectors.joining(" "));
  }
}
