package jiffy.benchmarks.timers;

import com.github.benmanes.caffeine.cache.TimerWheelDoor;
import java.util.concurrent.TimeUnit;

/**
 * The timer wheel inside Caffeine, without the cache around it; the clock is read once a batch.
 *
 * <p>It is made for one thread: with more, each call goes into {@code synchronized}. Its timers
 * have no task and nothing expires here: that is the cache's part.
 */
final class CaffeineFacility extends Facility {
  private final TimerWheelDoor wheel = new TimerWheelDoor(System.nanoTime());
  private final boolean locked;

  CaffeineFacility(boolean locked) {
    this.locked = locked;
  }

  @Override
  public Hand hand(int timers) {
    return new OfThread(timers);
  }

  @Override
  public void close() {
    // It has no thread.
  }

  private final class OfThread extends Hand {
    private final TimerWheelDoor.Timer[] timers;
    private final TimerWheelDoor.Timer spare = new TimerWheelDoor.Timer();
    private final Batch reads = new Batch(Batch.LENGTH);
    private long now;

    OfThread(int count) {
      timers = new TimerWheelDoor.Timer[count];
      for (int i = 0; i < count; i++) {
        timers[i] = new TimerWheelDoor.Timer();
      }
    }

    private long in(int delayMillis) {
      if (reads.isOver()) {
        now = System.nanoTime();
      }
      return now + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    }

    @Override
    public void arm(int index, int delayMillis) {
      long expiry = in(delayMillis);
      if (locked) {
        synchronized (wheel) {
          wheel.schedule(timers[index], expiry);
        }
      } else {
        wheel.schedule(timers[index], expiry);
      }
    }

    @Override
    public void pushBack(int index, int delayMillis) {
      long expiry = in(delayMillis);
      if (locked) {
        synchronized (wheel) {
          wheel.reschedule(timers[index], expiry);
        }
      } else {
        wheel.reschedule(timers[index], expiry);
      }
    }

    @Override
    public boolean armCancel(int delayMillis) {
      long expiry = in(delayMillis);
      if (locked) {
        synchronized (wheel) {
          wheel.schedule(spare, expiry);
        }
        synchronized (wheel) {
          wheel.deschedule(spare);
        }
      } else {
        wheel.schedule(spare, expiry);
        wheel.deschedule(spare);
      }
      return true;
    }
  }
}
