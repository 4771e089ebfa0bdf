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
  /** How long rmmod waits for a callback that runs: 5 s. */
  private static final long CALLBACK_WAIT_NANOS = 5_000_000_000L;

  private final Timekeeping timekeeping;
  private final Arch arch;
  private final JiffiesClock clock;
  private final TimerBases bases;

  TimerBooks(Timekeeping timekeeping, Arch arch, JiffiesClock clock, TimerBases bases) {
    this.timekeeping = timekeeping;
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
    for (TimerBase base : bases.all()) {
      base.lock(arch, caller);
      for (TimerList timer : of(base, owner)) {
        lines.add(timer.__origin + ", expires in " + (timer.expires - now) + " jiffies");
      }
      base.unlock();
    }
    return lines;
  }

  @Override
  public int release(Context caller, Owner owner) {
    int released = detachAll(caller, owner);
    for (TimerBase base : bases.all()) {
      long until = arch.now() + CALLBACK_WAIT_NANOS;
      if (!base.waiters.await(caller.thread, until, () -> !base.runs(owner))) {
        timekeeping.giveUp(caller, base.cpu);
      }
    }
    return released + detachAll(caller, owner); // what a callback was arming meanwhile
  }

  private int detachAll(Context caller, Owner owner) {
    int detached = 0;
    for (TimerBase base : bases.all()) {
      base.lock(arch, caller);
      for (TimerList timer : of(base, owner)) {
        base.remove(arch, caller, timer);
        detached++;
      }
      base.unlock();
    }
    return detached;
  }

  /** With the base locked. */
  private static List<TimerList> of(TimerBase base, Owner owner) {
    List<TimerList> found = new ArrayList<>();
    base.wheel.forEach(
        timer -> {
          if (timer.__origin != null && timer.__origin.owner == owner) {
            found.add(timer);
          }
        });
    return found;
  }
}
