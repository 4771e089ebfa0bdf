package jiffy.runtime.time;

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
 * One CPU's timers: a wheel, the lock that guards it, and the timer whose callback runs now.
 *
 * <p>All fields are guarded by the lock, but {@link #running}, which is written under it and read
 * by who waits for a callback to end.
 */
final class TimerBase extends RawSpinlock {
  final int cpu;
  final TimerWheel wheel;
  final ClockEvent clockEvent;

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

  TimerBase(Arch arch, JiffiesClock clock, int cpu, ClockEvent clockEvent) {
    this.clock = clock;
    this.cpu = cpu;
    this.clockEvent = clockEvent;
    this.wheel = new TimerWheel(clock.hz, clock.now());
    this.waiters = new WaitList(arch);
  }

  /** Puts a timer that is not pending into the bucket that {@link TimerWheel#index} gave last. */
  void enqueue(TimerList timer, int bucket) {
    unprogrammed |= wheel.enqueue(timer, bucket, wheel.bucketExpiry());
    if ((unprogrammed || clockEvent.isUnattended()) && runner == null) {
      program(wheel.nextExpiry());
    }
  }

  /** A bucket runs at the start of its jiffy or of the jiffy after this one, whichever is later. */
  private void program(long expiryJiffies) {
    clockEvent.program(clock.startOf(Math.max(expiryJiffies, clock.now() + 1)));
    unprogrammed = false;
  }

  /**
   * After a run: sleeps to the next bucket, if there is one. The wheel's next expiry is brought up
   * to date even if it is empty: what was armed and deleted during the run has left it too early,
   * and a later arming, not being earlier, would not be told to the clock event.
   */
  void programNext() {
    long next = wheel.refreshNextExpiry();
    if (wheel.isEmpty()) {
      clockEvent.program(Arch.NEVER);
      unprogrammed = false;
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
    for (TimerList each : stuck) {
      if (each == timer) {
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

  /** A stuck callback has returned after all, or nobody waits for it any longer. */
  void forgetStuck(TimerList timer) {
    List<TimerList> fewer = new ArrayList<>(stuck);
    fewer.remove(timer);
    stuck = List.copyOf(fewer);
  }

  /** A callback begins. */
  void begin(TimerList timer, Owner owner) {
    runningOwner = owner;
    running = timer;
  }

  /** Whether a callback of the owner runs. */
  boolean runs(Owner owner) {
    return running != null && runningOwner == owner;
  }
}
