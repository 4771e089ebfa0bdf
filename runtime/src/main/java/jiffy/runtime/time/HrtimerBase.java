package jiffy.runtime.time;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.irq.DeadlineEvent;
import jiffy.runtime.irq.Interrupts;
import jiffy.runtime.locking.RawSpinlock;
import jiffy.types.Hrtimer;

/**
 * One CPU's hrtimers of one kind, hard or soft: a tree a clock, the lock that guards them, the
 * timer whose callback runs now, and the device that interrupts the CPU for the next.
 *
 * <p>All fields are guarded by the lock, but {@link #running}, which is written under it and read
 * by who waits for a callback to end.
 */
final class HrtimerBase extends RawSpinlock {
  final int cpu;

  /** Whether callbacks run in softirq context. */
  final boolean soft;

  /** Woken after each callback. */
  final WaitList waiters;

  /** The timer whose callback runs here, or null. */
  volatile Hrtimer running;

  /** The context that it runs in; not null while {@link HrtimerExpiry} is at work here. */
  Context runner;

  private final HrtimerClock clock;
  private final DeadlineEvent event;
  private final HrtimerTree monotonic = new HrtimerTree();
  private final HrtimerTree real = new HrtimerTree();

  /** On whose behalf the callback runs; the timer itself may be set up anew meanwhile. */
  private volatile Owner runningOwner;

  /** Timers whose callbacks were given up and have not returned; replaced, never changed. */
  private volatile List<Hrtimer> stuck = List.of();

  /** The next expiry has moved forward, and the device has not been told. */
  private boolean unprogrammed;

  /**
   * No timers.
   *
   * @param onInterrupt what the device sets off when a timer is due
   */
  HrtimerBase(
      Arch arch,
      HrtimerClock clock,
      int cpu,
      boolean soft,
      Interrupts interrupts,
      Interrupts.Handler onInterrupt) {
    this.clock = clock;
    this.cpu = cpu;
    this.soft = soft;
    this.waiters = new WaitList(arch);
    this.event = interrupts.event(cpu, onInterrupt);
  }

  /** What {@link Hrtimer#__flags} say of a timer that belongs here. */
  int flags() {
    return soft ? cpu | HrtimerFlags.SOFT : cpu;
  }

  /** Whether the timer belongs here. */
  boolean owns(Hrtimer timer) {
    return (timer.__flags & HrtimerFlags.BASE_MASK) == flags();
  }

  HrtimerTree tree(boolean ofWallClock) {
    return ofWallClock ? real : monotonic;
  }

  /**
   * Queues a timer that is not queued, for its expiries. While callbacks run nothing is queued
   * before now: what is overdue, and was there before, has its turn first.
   */
  void enqueue(Hrtimer timer) {
    boolean ofWallClock = HrtimerFlags.isReal(timer);
    long key = timer.__expires;
    if (runner != null) {
      key = Math.max(key, clock.now(ofWallClock));
    }
    timer.__due = timer.__softexpires;
    unprogrammed |= tree(ofWallClock).add(timer, key);
    if ((unprogrammed || event.isUnattended()) && runner == null) {
      long deadline = deadline();
      if (deadline <= event.deadline()) {
        event.program(deadline);
      }
      unprogrammed = false;
    }
  }

  /** Takes a timer out, if it is queued. @return whether it was */
  boolean dequeue(Hrtimer timer) {
    return tree(HrtimerFlags.isReal(timer)).remove(timer);
  }

  /** When the next timer is due, on the arch's clock. */
  long deadline() {
    Hrtimer first = monotonic.first();
    long next = first == null ? Arch.NEVER : clock.deadline(first.__key, false);
    first = real.first();
    return first == null ? next : Math.min(next, clock.deadline(first.__key, true));
  }

  /** Whether the first timer of a tree may run now. */
  boolean isDue() {
    Hrtimer first = monotonic.first();
    if (first != null && first.__due <= clock.now(false)) {
      return true;
    }
    first = real.first();
    return first != null && first.__due <= clock.now(true);
  }

  /** After a run, or a step of the clock: interrupts at that time. */
  void program(long deadline) {
    event.program(deadline);
    unprogrammed = false;
  }

  /** Whether the timer's callback has begun and not returned. */
  boolean isRunning(Hrtimer timer) {
    return running == timer || isStuck(timer);
  }

  /** Whether the timer's callback was given up and has not returned; without the lock too. */
  boolean isStuck(Hrtimer timer) {
    List<Hrtimer> all = stuck;
    for (int i = 0; i < all.size(); i++) { // each arming looks: no iterator
      if (all.get(i) == timer) {
        return true;
      }
    }
    return false;
  }

  /** A callback begins. */
  void begin(Hrtimer timer, Owner owner) {
    runningOwner = owner;
    running = timer;
  }

  /** Whether a callback of the owner runs. */
  boolean runs(Owner owner) {
    return running != null && runningOwner == owner;
  }

  /** Moves the running timer to the stuck ones and frees its slot. */
  void giveUp() {
    List<Hrtimer> more = new ArrayList<>(stuck);
    more.add(running);
    stuck = List.copyOf(more);
    running = null;
    runner = null;
    waiters.wakeAll();
  }

  /** A stuck callback has returned after all; with the lock held. */
  void forgetStuck(Hrtimer timer) {
    List<Hrtimer> fewer = new ArrayList<>(stuck);
    fewer.remove(timer);
    stuck = List.copyOf(fewer);
  }

  /** Nobody waits for a stuck callback any longer; for who does not hold the lock. */
  void waitNoLonger(Arch arch, Context context, Hrtimer timer) {
    lock(arch, context);
    try {
      forgetStuck(timer);
    } finally {
      held = 0; // no call: see RawSpinlock
    }
  }

  /** Shows every queued timer. */
  void forEach(Consumer<Hrtimer> action) {
    monotonic.forEach(action);
    real.forEach(action);
  }
}
