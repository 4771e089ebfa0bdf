package jiffy.runtime.time;

import static jiffy.runtime.time.TimerFlags.MIGRATING;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.irq.ClockEvent;
import jiffy.runtime.locking.RawSpinlock;
import jiffy.types.TimerList;

/**
 * One CPU's timers: a wheel, the lock that guards it, and the timer whose callback runs now. Each
 * CPU has two, one for the deferrable ones.
 *
 * <p>All fields are guarded by the lock, but {@link #running}, which is written under it and read
 * by who waits for a callback to end.
 */
final class TimerBase extends RawSpinlock {
  private static final VarHandle RUNNING;
  private static final VarHandle RUNNING_OWNER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      RUNNING = lookup.findVarHandle(TimerBase.class, "running", TimerList.class);
      RUNNING_OWNER = lookup.findVarHandle(TimerBase.class, "runningOwner", Owner.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final int cpu;
  final Wheel wheel;

  private final ClockEvent clockEvent;
  private final boolean deferrable;

  /** Woken after each callback. */
  final WaitList waiters;

  /** The timer whose callback runs on this CPU, or null. */
  volatile TimerList running;

  /** On whose behalf that callback runs; the timer itself may be set up anew meanwhile. */
  private volatile Owner runningOwner;

  /** The context it runs in. */
  Context runner;

  /** Timers whose callbacks were given up and have not returned; replaced, never changed. */
  private volatile List<TimerList> stuck = List.of();

  /** The wheel's next expiry has moved forward, and the clock event has not been told. */
  private boolean unprogrammed;

  private final JiffiesClock clock;

  TimerBase(
      Arch arch, JiffiesClock clock, int cpu, boolean deferrable, ClockEvent event, Wheel wheel) {
    this.clock = clock;
    this.cpu = cpu;
    this.deferrable = deferrable;
    this.clockEvent = event;
    this.wheel = wheel;
    this.waiters = new WaitList(arch);
  }

  /**
   * Makes a timer of this base the caller's, who holds the lock: no push-back in place meanwhile.
   * Undone by {@link #release}.
   */
  static void own(Arch arch, Context context, TimerList timer) {
    for (; ; ) {
      int flags = (int) TimerList.__FLAGS.getOpaque(timer) & ~MIGRATING;
      if (TimerList.__FLAGS.compareAndSet(timer, flags, flags | MIGRATING)) {
        return;
      }
      arch.relax(context.thread);
    }
  }

  /** Undoes {@link #own}; what was written before is seen by who owns it next. */
  static void release(TimerList timer) {
    TimerList.__FLAGS.setRelease(timer, timer.__flags & ~MIGRATING);
  }

  /** Takes a pending timer out; with the lock held. */
  void remove(Arch arch, Context context, TimerList timer) {
    own(arch, context, timer);
    wheel.detach(timer);
    release(timer);
  }

  /**
   * The next timer to run, detached, of the lists that were collected; null when all are through.
   * Those that have a target which is yet to come are filed again.
   */
  TimerList nextExpired(Arch arch, Context context) {
    TimerList timer;
    while ((timer = wheel.firstExpired()) != null) {
      own(arch, context, timer);
      int flags = timer.__flags;
      int target = TimerFlags.target(flags);
      wheel.detach(timer);
      boolean due = target == 0 || wheel.targetExpiry(timer.expires, flags, target) - wheel.clk < 0;
      if (!due) {
        unprogrammed |= wheel.fileAgain(timer, flags, target);
      }
      release(timer);
      if (due) {
        return timer;
      }
    }
    return null;
  }

  /** Files a timer that is not pending into the bucket that {@link Wheel#locate} gave last. */
  void enqueue(TimerList timer, int bucket) {
    unprogrammed |= wheel.enqueue(timer, bucket);
    if ((unprogrammed || clockEvent.isUnattended()) && runner == null) {
      program(wheel.nextExpiry);
    }
  }

  /** A bucket runs at the start of its jiffy or of the jiffy after this one, whichever is later. */
  private void program(long expiryJiffies) {
    programNanos(clock.startOf(Math.max(expiryJiffies, clock.now() + 1)));
  }

  private void programNanos(long nanos) {
    if (deferrable) {
      clockEvent.programDeferrable(nanos);
    } else {
      clockEvent.program(nanos);
    }
    unprogrammed = false;
  }

  /** Lets the CPU look at once for what is to run. */
  void programNow(long nanos) {
    clockEvent.program(nanos);
  }

  /**
   * After a run: sleeps to the next bucket, if there is one. The wheel's next expiry is brought up
   * to date even if it is empty: what was armed and deleted during the run has left it too early,
   * and a later arming, not being earlier, would not be told to the clock event.
   */
  void programNext() {
    long next = wheel.refreshNextExpiry();
    if (wheel.isEmpty()) {
      programNanos(Arch.NEVER);
    } else {
      program(next);
    }
  }

  /** Whether the timer's callback has begun and not returned. */
  boolean isRunning(TimerList timer) {
    return running == timer || isStuck(timer);
  }

  /** Whether the timer's callback was given up and has not returned; without the lock too. */
  boolean isStuck(TimerList timer) {
    List<TimerList> all = stuck;
    for (int i = 0; i < all.size(); i++) { // each arming looks: no iterator
      if (all.get(i) == timer) {
        return true;
      }
    }
    return false;
  }

  /** Moves the running timer to the stuck ones and frees its slot. */
  void giveUp() {
    List<TimerList> more = new ArrayList<>(stuck);
    more.add(running);
    stuck = List.copyOf(more);
    running = null;
    runner = null;
    waiters.wakeAll();
  }

  /** A stuck callback has returned after all; with the lock held. */
  void forgetStuck(TimerList timer) {
    List<TimerList> fewer = new ArrayList<>(stuck);
    fewer.remove(timer);
    stuck = List.copyOf(fewer);
  }

  /** Nobody waits for a stuck callback any longer; for who does not hold the lock. */
  void waitNoLonger(Arch arch, Context context, TimerList timer) {
    lock(arch, context);
    try {
      forgetStuck(timer);
    } finally {
      held = 0; // no call: see RawSpinlock
    }
  }

  /**
   * A callback begins. No fences: who looks without the lock, and too early, looks again under it.
   */
  void begin(TimerList timer, Owner owner) {
    if (runningOwner != owner) {
      RUNNING_OWNER.setRelease(this, owner);
    }
    RUNNING.setRelease(this, timer);
  }

  /** Whether a callback of the owner runs. */
  boolean runs(Owner owner) {
    return running != null && runningOwner == owner;
  }
}
