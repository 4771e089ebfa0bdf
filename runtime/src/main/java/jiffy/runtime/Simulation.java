package jiffy.runtime;

import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.time.JiffiesClock;

/**
 * The hand on the clock of a machine on virtual time: nothing happens there but while one of these
 * methods, or another call into the machine, waits.
 *
 * <p>Called by a test's thread, attached or not; one at a time.
 */
public final class Simulation {
  /** How far {@link #runUntil} looks before it gives up: 30 days of virtual time. */
  public static final Duration LIMIT = Duration.ofDays(30);

  private final Machine machine;
  private final SimArch arch;

  Simulation(Machine machine, SimArch arch) {
    this.machine = machine;
    this.arch = arch;
  }

  /** Lets everything happen that is due in this time, and what that sets off. */
  public void advance(Duration time) {
    try (Attachment driver = machine.attach("driver")) {
      arch.advance(driver.context().thread, time.toNanos());
      driver.context().forgetClock();
    }
  }

  /** As {@link #advance}, up to the beginning of a jiffy. What is due in it has happened. */
  public void advanceToJiffies(long jiffies) {
    JiffiesClock clock = machine.timekeeping().clock();
    long nanos = clock.startOf(jiffies) - arch.now();
    if (nanos < 0) {
      throw new IllegalArgumentException(
          "jiffy " + jiffies + " is past: it is " + clock.now() + " now");
    }
    advance(Duration.ofNanos(nanos));
  }

  /**
   * Lets happen what comes, instant by instant, until the condition holds.
   *
   * @param condition looked at when all is quiet, on the calling thread
   * @throws IllegalStateException if it does not within {@link #LIMIT}, or if nothing can happen
   *     any more
   */
  public void runUntil(BooleanSupplier condition) {
    try (Attachment driver = machine.attach("driver")) {
      long limit = arch.now() + LIMIT.toNanos();
      for (; ; ) {
        long next = arch.nextEvent(driver.context().thread);
        driver.context().forgetClock();
        if (condition.getAsBoolean()) {
          return;
        }
        if (next == Arch.NEVER || next > limit) {
          throw new IllegalStateException(
              "the condition does not hold, and "
                  + (next == Arch.NEVER
                      ? "nothing will ever happen again"
                      : LIMIT.toDays() + " days of virtual time are over"));
        }
        arch.advance(driver.context().thread, next - arch.now());
      }
    }
  }

  /**
   * Lets everything happen that will ever happen, instant by instant.
   *
   * @throws IllegalStateException if something is still to come after {@link #LIMIT}: a periodic
   *     timer never lets a machine be idle
   */
  public void runUntilIdle() {
    try (Attachment driver = machine.attach("driver")) {
      long limit = arch.now() + LIMIT.toNanos();
      long next = arch.nextEvent(driver.context().thread);
      while (next != Arch.NEVER) {
        if (next > limit) {
          throw new IllegalStateException(
              "the machine is never idle: after "
                  + LIMIT.toDays()
                  + " days of virtual time something is still to come; delete periodic timers, or"
                  + " use advance()");
        }
        arch.advance(driver.context().thread, next - arch.now());
        next = arch.nextEvent(driver.context().thread);
      }
      driver.context().forgetClock();
    }
  }

  /** Grows whenever the machine gets on; for who watches whether it still does. Any thread. */
  public long progress() {
    return arch.progress();
  }

  /** After how much real time without progress a caller gives up; 5 s at first. Any thread. */
  public void setPatience(long nanos) {
    arch.setGuardNanos(nanos);
  }

  /** Stops it where it is: who calls into the machine from now on is unwound. Any thread. */
  public void switchOff() {
    arch.close();
  }

  /** The thread that runs now, if any. For reports; any thread. */
  public Optional<Thread> runningThread() {
    return arch.runningThread();
  }

  /**
   * Steps the wall clock, as somebody who sets the date does; time since boot goes on as before.
   *
   * @param step forward, or back if negative
   */
  public void stepWallClock(Duration step) {
    try (Attachment driver = machine.attach("driver")) {
      arch.stepWallClock(step.toNanos());
      machine.hrtimers().clockWasSet(driver.context());
      arch.advance(driver.context().thread, 0);
    }
  }

  /** Virtual time since the machine was switched on. */
  public Duration now() {
    return Duration.ofNanos(arch.now());
  }
}
