package jiffy.benchmarks.timers;

import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;

/** Kafka's SystemTimer, 20 buckets of 1 ms a level, with its reaper thread. */
final class KafkaFacility extends Facility {
  private static final class Task extends TimerTask {
    private final Runnable expired;

    Task(int delayMillis, Runnable expired) {
      super(delayMillis);
      this.expired = expired;
    }

    @Override
    public void run() {
      expired.run();
    }
  }

  private final Timer timer = new SystemTimerReaper("bench-reaper", new SystemTimer("bench"));
  private final Runnable expired;

  KafkaFacility(Runnable expired) {
    this.expired = expired;
  }

  @Override
  public Hand hand(int timers) {
    return new OfThread(timers);
  }

  @Override
  public void close() {
    try {
      timer.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private final class OfThread extends Hand {
    private final Task[] tasks;

    OfThread(int count) {
      tasks = new Task[count];
    }

    @Override
    public void arm(int index, int delayMillis) {
      tasks[index] = new Task(delayMillis, expired);
      timer.add(tasks[index]);
    }

    @Override
    public void pushBack(int index, int delayMillis) {
      tasks[index].cancel();
      arm(index, delayMillis);
    }

    @Override
    public boolean armCancel(int delayMillis) {
      Task task = new Task(delayMillis, expired);
      timer.add(task);
      task.cancel();
      return true;
    }
  }
}
