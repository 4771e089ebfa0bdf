package jiffy.runtime;

import java.util.stream.Collectors;
import jiffy.kernel.Owner;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.Modules;
import jiffy.runtime.module.Taint;
import jiffy.runtime.proc.ModuleHold;

/** What earlier rooms ask of the modules: to hold one, to name all. Thread safe, once bound. */
final class LinkedModules implements ModuleHold {
  private volatile Modules modules;

  /** Once, at boot. */
  void bind(Modules modules) {
    this.modules = modules;
  }

  @Override
  public boolean tryGet(Owner owner) {
    return owner == Owner.CORE || modules.tryGet(owner);
  }

  @Override
  public void put(Owner owner) {
    if (owner != Owner.CORE) {
      modules.put(owner);
    }
  }

  @Override
  public void oopsed() {
    modules.taint().add(Taint.Flag.DIE);
  }

  /** {@code print_modules()}: {@code a(OE) b(OE+)}. */
  String linkedIn() {
    return modules.list().stream().map(ModuleView::linkedIn).collect(Collectors.joining(" "));
  }
}
