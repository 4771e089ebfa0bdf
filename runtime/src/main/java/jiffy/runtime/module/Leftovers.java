package jiffy.runtime.module;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Owned;

/** What a module has not given back: found, named in the log, taken away. */
final class Leftovers {
  /** More than these of a kind are only counted. */
  private static final int NAMED = 10;

  private final List<Owned> holders;
  private final KernelLog log;

  Leftovers(List<Owned> holders, KernelLog log) {
    this.holders = List.copyOf(holders);
    this.log = log;
  }

  /** What the owner has now, one line each: {@code timer: tick set up at ...}. */
  List<String> heldBy(Owner owner) {
    List<String> lines = new ArrayList<>();
    for (Owned holder : holders) {
      holder.heldBy(owner).forEach(line -> lines.add(holder.kind() + ": " + line));
    }
    return lines;
  }

  /**
   * Takes away all that a module still has, and waits until none of its callbacks runs.
   *
   * @param owner going already
   * @param when what has left it behind: {@code rmmod}, {@code failed init}
   */
  void takeBack(Context caller, Owner owner, String when) {
    for (Owned holder : holders) {
      String prefix = owner.name + ": " + when + ": ";
      try {
        List<String> left = holder.heldBy(owner);
        for (String line : left.subList(0, Math.min(NAMED, left.size()))) {
          log.print(KernelLog.WARNING, prefix + holder.kind() + " was left behind: " + line);
        }
        int taken = holder.release(caller, owner);
        if (taken > 0 || !left.isEmpty()) {
          int count = Math.max(taken, left.size());
          log.print(
              KernelLog.WARNING,
              prefix + count + ' ' + holder.kind() + (count == 1 ? "" : "s") + " taken back");
        }
      } catch (RuntimeException e) {
        log.print(KernelLog.ERR, prefix + holder.kind() + "s could not be taken back: " + e);
      }
    }
  }

  /** What of a module could not be taken back can do nothing in this kernel any more. */
  void expel(Owner owner) {
    holders.forEach(holder -> holder.expel(owner));
  }
}
