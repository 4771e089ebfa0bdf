package jiffy.benchmarks.timers;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.agrona.DeadlineTimerWheel;

/**
 * Agrona's DeadlineTimerWheel, 1024 spokes of 1 ms; the clock is read once a batch.
 *
 * <p>It is made for one thread: with more, each call goes into {@code synchronized}. Its timers are
 * numbers, without a task.
 */
final class AgronaFacility extends Facility {
  private static final int SPOKES = 1024;
  private static final int EXPIRY_LIMIT = 1 << 20;
  private static final long TICK_NANOS = 1_000_000L;

  private final DeadlineTimerWheel wheel =
      new DeadlineTimerWheel(TimeUnit.MILLISECONDS, nowMillis(), 1, SPOKES);
  private final boolean locked;
  private final Runnable expired;
  private volatile boolean stopping;

  AgronaFacility(boolean locked, Runnable expired) {
    this.locked = locked;
    this.expired = expired;
  }

  private static long nowMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  @Override
  public Hand hand(int timers) {
    return new OfThread(timers);
  }

  @Override
  public void drive() {
    Thread poller = new Thread(this::poll, "agrona-poller");
    poller.setDaemon(true);
    poller.start();
  }

  private void poll() {
    DeadlineTimerWheel.TimerHandler handler =
        (unit, now, id) -> {
          expired.run();
          return true;
        };
    while (!stopping) {
      long now = nowMillis();
      while (wheel.currentTickTime() <= now) { // a poll is one tick
        wheel.poll(now, handler, EXPIRY_LIMIT);
      }
      LockSupport.parkNanos(TICK_NANOS);
    }
  }

  @Override
  public void close() {
    stopping = true;
  }

  private long schedule(long deadlineMillis) {
    if (locked) {
      synchronized (wheel) {
        return wheel.scheduleTimer(deadlineMillis);
      }
    }
    return wheel.scheduleTimer(deadlineMillis);
  }

  private boolean cancel(long id) {
    if (locked) {
      synchronized (wheel) {
        return wheel.cancelTimer(id);
      }
    }
    return wheel.cancelTimer(id);
  }

  private final class OfThread extends Hand {
    private final long[] ids;
    private final Batch reads = new Batch(Batch.LENGTH);
    private long now;

    OfThread(int count) {
      ids = new long[count];
    }

    private long in(int delayMillis) {
      if (reads.isOver()) {
        now = nowMillis();
      }
      return now + delayMillis;
    }

    @Override
    public void arm(int index, int delayMillis) {
      ids[index] = schedule(in(delayMillis));
    }

    @Override
    public void pushBack(int index, int delayMillis) {
      cancel(ids[index]);
      ids[index] = schedule(in(delayMillis));
    }

    @Override
    public boolean armCancel(int delayMillis) {
      return cancel(schedule(in(delayMillis)));
    }
  }
}
