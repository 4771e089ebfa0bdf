package jiffy.benchmarks.timers;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;

import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerCallback;
import jiffy.types.TimerList;

/**
 * Jiffy, through the public API with all its checks, from a thread that has joined a kernel.
 *
 * <p>A delay is {@code jiffies() + n}; jiffies are read for each operation, or once a batch.
 */
final class JiffyFacility extends Facility {
  private final Machine machine;
  private final int batch;
  private final Runnable expired;

  JiffyFacility(String boot, int batch, Runnable expired) {
    this.machine = Machine.boot(boot);
    this.batch = batch;
    this.expired = expired;
    if (!machine.parameters().unknown().isEmpty()) {
      throw new IllegalArgumentException(
          "this kernel does not know " + machine.parameters().unknown());
    }
  }

  @Override
  public Hand hand(int timers) {
    return new OfThread(timers);
  }

  @Override
  public void close() {
    machine.close();
  }

  private final class OfThread extends Hand {
    private final Attachment attachment = machine.attach("bench");
    private final TimerList[] timers;
    private final TimerList spare = new TimerList();
    private final Batch reads = new Batch(batch);

    /** Milliseconds to jiffies, for 1000 and 250 HZ. */
    private final int shift = shift();

    private long now;

    OfThread(int count) {
      TimerCallback callback = timer -> expired.run();
      timer_setup(spare, callback, 0);
      timers = new TimerList[count];
      for (int i = 0; i < count; i++) {
        timers[i] = new TimerList();
        timer_setup(timers[i], callback, 0);
      }
    }

    private static int shift() {
      return switch (HZ()) {
        case 1000 -> 0;
        case 250 -> 2;
        default -> throw new IllegalArgumentException("measured at hz=1000 and hz=250");
      };
    }

    private long in(int delayMillis) {
      if (reads.isOver()) {
        now = jiffies();
      }
      return now + (delayMillis >> shift);
    }

    @Override
    public void arm(int index, int delayMillis) {
      mod_timer(timers[index], in(delayMillis));
    }

    @Override
    public void pushBack(int index, int delayMillis) {
      mod_timer(timers[index], in(delayMillis));
    }

    @Override
    public boolean armCancel(int delayMillis) {
      mod_timer(spare, in(delayMillis));
      return del_timer(spare) == 1;
    }

    @Override
    public void once(int delayMillis, Runnable body) {
      TimerList timer = new TimerList();
      timer_setup(timer, t -> body.run(), 0);
      timer.expires = in(delayMillis);
      add_timer(timer);
    }

    @Override
    public void close() {
      attachment.close();
    }
  }
}
