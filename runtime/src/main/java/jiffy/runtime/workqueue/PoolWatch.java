package jiffy.runtime.workqueue;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.time.Timekeeping;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * Finds the items of a bound pool that hold up the others: the pool knows who sleeps in the kernel,
 * but not who waits for a Java lock or reads from a socket.
 *
 * <p>An item that stands still for 10 ms without the kernel's knowledge, or takes 100 ms in any
 * way, is treated from then on as if its queue were CPU_INTENSIVE. (Linux 6.5 does the like, by the
 * tick.) A timer looks every 10 ms, and only while items wait for one that runs: a pool that keeps
 * up costs nothing.
 */
final class PoolWatch {
  private static final long MSEC = 1_000_000L;
  private static final long LOOK_NANOS = 10 * MSEC;
  private static final long BLOCKED_NANOS = 10 * MSEC;
  private static final long ANY_NANOS = 100 * MSEC;
  private static final TimerFunction LOOK = watch -> ((PoolWatch) watch).look();

  private final WorkerPool pool;
  private final Arch arch;
  private final Timekeeping timekeeping;
  private final TimerList timer = new TimerList();

  /** One suspect: what it was doing when it was seen. */
  private record Suspect(Worker worker, int turn, long forNanos) {}

  PoolWatch(WorkerPool pool, Arch arch, Timekeeping timekeeping) {
    this.pool = pool;
    this.arch = arch;
    this.timekeeping = timekeeping;
    pool.watchedBy(this);
  }

  /** Begins to look, for who has just set the pool's {@code watched}; without its lock. */
  void begin(Context context) {
    if (timer.function == null) {
      Origin origin = new Origin(context.kernel, Owner.CORE, "pool_watch", "boot");
      timekeeping.setupOwn(context, timer, LOOK, this, 0, origin);
    }
    arm(context);
  }

  private void arm(Context context) {
    long ticks = Math.max(1, LOOK_NANOS / timekeeping.clock().tickNanos);
    timekeeping.mod(context, timer, timekeeping.clock().now() + ticks);
  }

  private void look() {
    Context context = (Context) Current.get();
    long now = arch.now();
    List<Suspect> hogs = new ArrayList<>();
    for (Suspect suspect : suspects(context, now)) { // without the lock: a look at a stack is slow
      if (suspect.forNanos >= ANY_NANOS || arch.isBlocked(suspect.worker.thread)) {
        hogs.add(suspect);
      }
    }
    pool.enter(context);
    for (Suspect hog : hogs) {
      if (hog.worker.turn == hog.turn && hog.worker.current != null) {
        hog.worker.hold(context);
      }
    }
    boolean goesOn = pool.endsWatch(context);
    pool.leave(context);
    if (goesOn) {
      arm(context);
    }
  }

  private List<Suspect> suspects(Context context, long now) {
    List<Suspect> found = new ArrayList<>();
    pool.enter(context);
    for (Worker worker = pool.busy.first(); worker != null; worker = worker.next) {
      if (worker.current == null || !worker.counts || worker.sleeping || worker.uncounted) {
        continue;
      }
      if (worker.seenTurn != worker.turn) {
        worker.seenTurn = worker.turn;
        worker.seenAtNanos = now;
      } else if (now - worker.seenAtNanos >= BLOCKED_NANOS) {
        found.add(new Suspect(worker, worker.turn, now - worker.seenAtNanos));
      }
    }
    pool.unlock();
    return found;
  }
}
