package jiffy.runtime.module;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Owned;

/**
 * Who has taken references of modules: {@code try_module_get} to {@code module_put}, by account.
 *
 * <p>Thread safe; the counts themselves are in {@link LoadedModule}. A reference may be given back
 * by another module than took it, as on Linux; then it comes off whose account has one.
 */
final class References implements Owned {
  /** That this one has a reference of that one. */
  private record Taken(Owner taker, LoadedModule module) {}

  private final Registry registry;
  private final KernelLog log;
  private final ConcurrentHashMultiset<Taken> taken = ConcurrentHashMultiset.create();

  References(Registry registry, KernelLog log) {
    this.registry = registry;
    this.log = log;
  }

  boolean tryGet(Owner taker, Owner owner) {
    LoadedModule module = registry.loadOf(owner);
    return module != null && module.tryGet() && putDown(new Taken(taker, module));
  }

  /** What has just been taken. @return false: it is taken no more, for one of the two goes */
  private boolean putDown(Taken one) {
    taken.add(one);
    if (!one.taker.isGoing() && !one.module.owner.isGoing()) {
      return true; // looked at last: who takes it back finds it
    }
    if (taken.remove(one)) {
      one.module.put();
    }
    return false;
  }

  void get(Owner taker, Owner owner) {
    LoadedModule module = registry.loadOf(owner);
    if (module == null || !module.tryGet() || !putDown(new Taken(taker, module))) {
      log.print(
          KernelLog.WARNING,
          taker.name + ": __module_get(" + owner.name + ") of a module that goes: not taken");
    }
  }

  void put(Owner giver, Owner owner) {
    if (!takeOff(owner, giver) && !takeOff(owner, null) && !owner.isGoing()) {
      log.print(KernelLog.WARNING, owner.name + ": module_put() without a try_module_get()");
    } // of one that goes: with it its references went
  }

  /**
   * @param taker whose; null: anybody's
   */
  private boolean takeOff(Owner owner, Owner taker) {
    for (Taken each : taken.elementSet()) {
      boolean isOne = each.module.owner == owner && (taker == null || each.taker == taker);
      if (isOne && taken.remove(each)) {
        each.module.put();
        return true;
      }
    }
    return false;
  }

  /** Who has how many of a module: {@code 2 references of its own}. */
  List<String> of(LoadedModule module) {
    List<String> phrases = new ArrayList<>();
    for (Multiset.Entry<Taken> entry : taken.entrySet()) {
      if (entry.getElement().module == module) {
        Owner taker = entry.getElement().taker;
        String count = entry.getCount() == 1 ? "1 reference" : entry.getCount() + " references";
        phrases.add(count + (taker == module.owner ? " of its own" : " of " + taker.name));
      }
    }
    phrases.sort(null);
    return phrases;
  }

  @Override
  public String kind() {
    return "reference";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    return onOthers(owner).stream().map(each -> "of module " + each.module.name()).toList();
  }

  /**
   * What it has of itself goes with it, and is not spoken of; no more is what it has of one that is
   * gone or a zombie: {@link #putDown} is about to take that off again.
   */
  private List<Taken> onOthers(Owner owner) {
    List<Taken> found = new ArrayList<>();
    for (Taken each : taken) {
      if (each.taker == owner && each.module.owner != owner && !each.module.owner.isGoing()) {
        found.add(each);
      }
    }
    return found;
  }

  @Override
  public int release(Context caller, Owner owner) {
    List<Taken> left = onOthers(owner);
    for (Taken each : left) {
      if (taken.remove(each)) {
        each.module.put();
      }
    }
    for (Taken each : taken.elementSet()) {
      if (each.module.owner == owner) { // what others have of it went with it
        taken.setCount(each, 0);
      }
    }
    return left.size();
  }
}
