package jiffy.runtime;

import jiffy.kernel.Owner;
import jiffy.runtime.module.Modules;
import jiffy.runtime.module.Taint;
import jiffy.runtime.proc.ModuleHold;

/** How open files hold their modules. Thread safe, once bound. */
final class FileHold implements ModuleHold {
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
}
