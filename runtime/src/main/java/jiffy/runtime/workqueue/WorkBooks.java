package jiffy.runtime.workqueue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Owned;
import jiffy.types.WorkStruct;

/**
 * The items that a module has left queued or running, and the queues that it has left. Items whose
 * delay runs are timers: TimerBooks finds them.
 */
final class WorkBooks implements Owned {
  /** How long rmmod waits for a function that runs: 5 s. */
  private static final long RUN_WAIT_NANOS = 5_000_000_000L;

  /** Between two looks at a function that runs: 10 ms. */
  private static final long LOOK_NANOS = 10_000_000L;

  private final Workqueues works;
  private final Arch arch;
  private final List<WorkerPool> pools;
  private final KernelLog log;

  WorkBooks(Workqueues works, Arch arch, List<WorkerPool> pools, KernelLog log) {
    this.works = works;
    this.arch = arch;
    this.pools = pools;
    this.log = log;
  }

  @Override
  public String kind() {
    return "work";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    Context caller = (Context) Current.get();
    List<String> lines = new ArrayList<>();
    pending(caller, owner).values().forEach(what -> lines.add(what + ", pending"));
    running(caller, owner).forEach(what -> lines.add(what + ", running"));
    for (Workqueue queue : works.queues()) {
      if (queue.owner == owner && !works.isSystem(queue)) {
        lines.add("workqueue " + queue + ", not destroyed");
      }
    }
    return lines;
  }

  /** The items that are queued, and what they are called. */
  private Map<WorkStruct, String> pending(Context caller, Owner owner) {
    Map<WorkStruct, String> found = new LinkedHashMap<>();
    for (WorkerPool pool : pools) {
      pool.lockAll(caller); // and no slot of the inbox keeps an item any more
      pool.works.forEach(work -> note(found, work, owner));
      pool.busy.forEach(worker -> worker.scheduled.forEach(work -> note(found, work, owner)));
      for (Workqueue queue : works.queues()) {
        for (PoolQueue part : queue.parts()) {
          if (part.pool == pool) {
            part.forEachInactive(work -> note(found, work, owner));
          }
        }
      }
      pool.unlock();
    }
    return found;
  }

  private static void note(Map<WorkStruct, String> found, WorkStruct work, Owner owner) {
    if (work.__origin.owner == owner) {
      found.put(work, work.__origin.toString());
    }
  }

  private List<String> running(Context caller, Owner owner) {
    List<String> found = new ArrayList<>();
    for (WorkerPool pool : pools) {
      pool.enter(caller);
      for (Worker worker = pool.busy.first(); worker != null; worker = worker.next) {
        if (worker.current != null && worker.currentOrigin.owner == owner) {
          found.add(worker.currentOrigin.toString());
        }
      }
      pool.unlock();
    }
    return found;
  }

  /** Those that still run hold up nobody from now on. */
  private void abandon(Context caller, Owner owner) {
    for (WorkerPool pool : pools) {
      pool.enter(caller);
      for (Worker worker = pool.busy.first(); worker != null; worker = worker.next) {
        if (worker.current != null && worker.currentOrigin.owner == owner) {
          worker.hold(caller);
        }
      }
      pool.leave(caller);
    }
  }

  @Override
  public int release(Context caller, Owner owner) {
    int released = 0;
    for (WorkStruct work : pending(caller, owner).keySet()) {
      released += works.cancel(caller, work, false) ? 1 : 0;
    }
    long until = arch.now() + RUN_WAIT_NANOS;
    List<String> left;
    while (!(left = running(caller, owner)).isEmpty() && arch.now() < until) {
      caller.park(arch.now() + LOOK_NANOS);
    }
    abandon(caller, owner);
    for (String work : left) {
      log.print(
          KernelLog.ALERT,
          owner.name + ": work " + work + " has not ended: its kworker is left to it");
    }
    pools.forEach(pool -> pool.retire(caller, owner));
    for (Workqueue queue : works.queues()) {
      if (queue.owner == owner) {
        works.forget(queue);
        released++;
      }
    }
    works.retireRescuers(caller, owner);
    return released;
  }
}
