package jiffy.benchmarks.stress;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HostArch;
import jiffy.runtime.arch.HwThread;

/**
 * An architecture for one CPU thread that an actor plays: it is handed over instead of started, its
 * clock stands still, and when it parks without a permit the actor's part is over.
 *
 * <p>A permit that comes after that would have woken it; a thread that is parked beyond its work,
 * and gets no permit, is stranded.
 */
final class StressArch implements Arch {
  /** The thread has gone to sleep. */
  private static final class Asleep extends Error {
    private static final long serialVersionUID = 1;

    Asleep() {
      super("asleep", null, false, false);
    }
  }

  private static final Asleep ASLEEP = new Asleep();
  private static final HostArch HANDLES = new HostArch();

  private final HwThread thread = HANDLES.attach();
  private final AtomicBoolean permit = new AtomicBoolean();
  private final AtomicInteger spawned = new AtomicInteger();
  private volatile Consumer<HwThread> body;
  private volatile boolean parked;
  private volatile long parkedUntil;

  /** Plays the thread until it sleeps or ends. For an actor, once. */
  void play() {
    try {
      body.accept(thread);
    } catch (Asleep e) {
      parked = true;
    }
  }

  /** How many threads were asked for. */
  int spawned() {
    return spawned.get();
  }

  /** Whether it ended instead of going to sleep. */
  boolean hasEnded() {
    return !parked;
  }

  /** Whether it sleeps, beyond that time, and nobody has woken it. */
  boolean isStranded(long due) {
    return parked && parkedUntil > due && !permit.get();
  }

  /** A handle, for whom it does not matter. */
  HwThread handle() {
    return thread;
  }

  @Override
  public long now() {
    return 0;
  }

  @Override
  public long wallClock() {
    return 0;
  }

  @Override
  public boolean isSimulated() {
    return false;
  }

  @Override
  public HwThread spawn(String name, Consumer<HwThread> body) {
    spawned.incrementAndGet();
    this.body = body;
    return thread;
  }

  @Override
  public HwThread attach() {
    return thread;
  }

  @Override
  public void detach(HwThread self) {
    // Nothing is kept.
  }

  @Override
  public void park(HwThread self, long deadline) {
    if (!permit.getAndSet(false)) {
      parkedUntil = deadline;
      throw ASLEEP;
    }
  }

  @Override
  public void unpark(HwThread thread) {
    permit.set(true);
  }

  @Override
  public void relax(HwThread self) {
    Thread.onSpinWait();
  }

  @Override
  public void delay(HwThread self, long nanos) {
    Thread.onSpinWait();
  }

  @Override
  public void close() {
    // No thread of its own.
  }
}
