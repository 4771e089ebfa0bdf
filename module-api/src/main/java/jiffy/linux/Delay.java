package jiffy.linux;

import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.schedule_timeout_interruptible;
import static jiffy.linux.Sched.schedule_timeout_uninterruptible;
import static jiffy.linux.Sched.signal_pending;

import jiffy.kernel.Current;

/**
 * {@code linux/delay.h} and {@code cpu_relax()}: waiting for a time.
 *
 * <p>Contexts: {@link #cpu_relax} and the {@code delay} family are for any; the {@code sleep}
 * family is for process context, see {@link Sched} for what happens elsewhere. Never shorter than
 * asked. The {@code delay} family busy-waits, and in a simulation costs just that much virtual
 * time.
 */
public final class Delay {
  private Delay() {}

  /** {@code cpu_relax()}: for the body of a busy loop. */
  public static void cpu_relax() {
    Current.get().cpuRelax();
  }

  /** {@code void ndelay(unsigned long nsecs)}: keeps the CPU for that many nanoseconds. */
  public static void ndelay(long nsecs) {
    Current.get().delay(nsecs);
  }

  /** {@code void udelay(unsigned long usecs)}: keeps the CPU for that many microseconds. */
  public static void udelay(long usecs) {
    Current.get().delay(usecs * 1_000);
  }

  /**
   * {@code void mdelay(unsigned long msecs)}: keeps the CPU for that many milliseconds; for the
   * rare case that must not sleep.
   */
  public static void mdelay(long msecs) {
    Current.get().delay(msecs * 1_000_000);
  }

  /**
   * {@code void msleep(unsigned int msecs)}: sleeps, whatever signals come. A {@code
   * schedule_timeout} of one jiffy more than asked, with the wheel's granule: 1 ms takes 8 to 12 ms
   * at HZ 250, 500 ms take 512 to 528.
   */
  public static void msleep(int msecs) {
    long timeout = msecs_to_jiffies(msecs) + 1;
    while (timeout != 0) {
      timeout = schedule_timeout_uninterruptible(timeout);
    }
  }

  /**
   * {@code unsigned long msleep_interruptible(unsigned int msecs)}: sleeps until a signal comes.
   *
   * @return milliseconds that were left; 0 if none
   */
  public static long msleep_interruptible(int msecs) {
    long timeout = msecs_to_jiffies(msecs) + 1;
    while (timeout != 0 && !signal_pending(current())) {
      timeout = schedule_timeout_interruptible(timeout);
    }
    return Jiffies.jiffies_to_msecs(timeout);
  }

  /** {@code void ssleep(unsigned int seconds)}: {@link #msleep} of that many seconds. */
  public static void ssleep(int seconds) {
    msleep(seconds * 1_000);
  }

  /**
   * {@code void usleep_range(unsigned long min, unsigned long max)}: sleeps at least {@code min}
   * microseconds, by the clock and not by jiffies; {@code max} lets others be woken with it, which
   * is not made use of.
   */
  public static void usleep_range(long min, long max) {
    Current current = Current.get();
    current.kernel.tasks.sleepRange(current, min * 1_000, max * 1_000, TASK_UNINTERRUPTIBLE);
  }

  /** {@code void fsleep(unsigned long usecs)}: the way to sleep that fits the time. */
  public static void fsleep(long usecs) {
    if (usecs <= 10) {
      udelay(usecs);
    } else if (usecs <= 20_000) {
      usleep_range(usecs, 2 * usecs);
    } else {
      msleep((int) Math.min(Integer.MAX_VALUE, (usecs + 999) / 1_000));
    }
  }
}
