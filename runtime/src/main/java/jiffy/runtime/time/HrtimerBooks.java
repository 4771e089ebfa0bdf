package jiffy.runtime.time;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Owned;
import jiffy.types.Hrtimer;

/**
 * The hrtimers that a module has left started: found by looking through all trees when it goes, so
 * that starting keeps no books.
 */
final class HrtimerBooks implements Owned {
  /** How long rmmod waits for a callback that runs: 5 s. */
  private static final long CALLBACK_WAIT_NANOS = 5_000_000_000L;

  private final Hrtimers hrtimers;
  private final Arch arch;
  private final HrtimerClock clock;
  private final List<HrtimerBase> bases;

  HrtimerBooks(
      Hrtimers hrtimers, Arch arch, HrtimerClock clock, HrtimerBase[] hard, HrtimerBase[] soft) {
    this.hrtimers = hrtimers;
    this.arch = arch;
    this.clock = clock;
    this.bases = Stream.concat(Stream.of(hard), Stream.of(soft)).toList();
  }

  @Override
  public String kind() {
    return "hrtimer";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    Context caller = (Context) Current.get();
    List<String> lines = new ArrayList<>();
    for (HrtimerBase base : bases) {
      base.lock(arch, caller);
      for (Hrtimer timer : of(base, owner)) {
        long left = timer.__expires - clock.now(HrtimerFlags.isReal(timer));
        lines.add(timer.__origin + ", expires in " + left + " ns");
      }
      base.unlock();
    }
    return lines;
  }

  @Override
  public int release(Context caller, Owner owner) {
    int released = dequeueAll(caller, owner);
    for (HrtimerBase base : bases) {
      long until = arch.now() + CALLBACK_WAIT_NANOS;
      if (!base.waiters.await(caller.thread, until, () -> !base.runs(owner))) {
        hrtimers.giveUp(caller, base.cpu, base.soft);
      }
    }
    return released + dequeueAll(caller, owner); // what a callback was starting meanwhile
  }

  private int dequeueAll(Context caller, Owner owner) {
    int dequeued = 0;
    for (HrtimerBase base : bases) {
      base.lock(arch, caller);
      for (Hrtimer timer : of(base, owner)) {
        base.dequeue(timer);
        dequeued++;
      }
      base.unlock();
    }
    return dequeued;
  }

  /** With the base locked. */
  private static List<Hrtimer> of(HrtimerBase base, Owner owner) {
    List<Hrtimer> found = new ArrayList<>();
    base.forEach(
        timer -> {
          if (timer.__origin != null && timer.__origin.owner == owner) {
            found.add(timer);
          }
        });
    return found;
  }
}
