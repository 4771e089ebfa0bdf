package jiffy.runtime.time;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Owned;
import jiffy.types.TimerList;

/**
 * The timers that a module has left armed: found by looking through all wheels when it goes, so
 * that arming keeps no books.
 */
final class TimerBooks implements Owned {
  private final Arch arch;
  private final JiffiesClock clock;
  private final TimerBase[] bases;

  TimerBooks(Arch arch, JiffiesClock clock, TimerBase[] bases) {
    this.arch = arch;
    this.clock = clock;
    this.bases = bases;
  }

  @Override
  public String kind() {
    return "timer";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    Context caller = (Context) Current.get();
    List<String> lines = new ArrayList<>();
    long now = clock.now();
    for (TimerBase base : bases) {
      for (TimerList timer : of(caller, base, owner)) {
        lines.add(timer.__origin + ", expires in " + (timer.expires - now) + " jiffies");
      }
    }
    return lines;
  }

  @Override
  public int release(Context caller, Owner owner) {
    int released = 0;
    for (TimerBase base : bases) {
      for (TimerList timer : of(caller, base, owner)) {
        base.lock(arch, caller);
        if (base.wheel.detach(timer)) {
          released++;
        }
        base.unlock();
      }
    }
    for (TimerBase base : bases) {
      base.waiters.await(caller.thread, () -> base.runningOwner() != owner);
    }
    return released;
  }

  private List<TimerList> of(Context caller, TimerBase base, Owner owner) {
    List<TimerList> found = new ArrayList<>();
    base.lock(arch, caller);
    base.wheel.forEach(
        timer -> {
          if (timer.__origin.owner == owner) {
            found.add(timer);
          }
        });
    base.unlock();
    return found;
  }
}
