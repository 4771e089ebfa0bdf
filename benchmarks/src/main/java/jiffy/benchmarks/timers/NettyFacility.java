package jiffy.benchmarks.timers;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.util.concurrent.TimeUnit;

/** Netty's HashedWheelTimer with a tick of 1 ms; it pushes back by cancel and schedule. */
final class NettyFacility extends Facility {
  private static final int WHEEL_SIZE = 1024;

  /** What a user hands over for each timer. */
  private record Task(Runnable expired) implements TimerTask {
    @Override
    public void run(Timeout timeout) {
      expired.run();
    }
  }

  private final HashedWheelTimer timer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, WHEEL_SIZE);
  private final Runnable expired;

  NettyFacility(Runnable expired) {
    this.expired = expired;
    timer.start();
  }

  @Override
  public Hand hand(int timers) {
    return new OfThread(timers);
  }

  @Override
  public void close() {
    timer.stop();
  }

  private final class OfThread extends Hand {
    private final Timeout[] timeouts;
    private final TimerTask spare = new Task(expired);

    OfThread(int count) {
      timeouts = new Timeout[count];
    }

    @Override
    public void arm(int index, int delayMillis) {
      timeouts[index] = timer.newTimeout(new Task(expired), delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void pushBack(int index, int delayMillis) {
      Timeout before = timeouts[index];
      before.cancel();
      timeouts[index] = timer.newTimeout(before.task(), delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean armCancel(int delayMillis) {
      return timer.newTimeout(spare, delayMillis, TimeUnit.MILLISECONDS).cancel();
    }

    @Override
    public void once(int delayMillis, Runnable body) {
      timer.newTimeout(new Task(body), delayMillis, TimeUnit.MILLISECONDS);
    }
  }
}
