package jiffy.benchmarks.timers;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.set_timer_slack;
import static jiffy.linux.Timers.timer_setup;

import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerCallback;
import jiffy.types.TimerList;

/**
 * Jiffy, through the public API with all its checks, from a thread that has joined a kernel.
 *
 * <p>A delay is {@code jiffies() + n}; jiffies are read for each operation, or once a batch. Exact
 * timers have no slack: they fire in the very jiffy that they ask for, so it is {@code jiffies() +
 * n + 1}, for the present jiffy has begun.
 */
final class JiffyFacility extends Facility {
  private final Machine machine;
  private final int batch;
  private final boolean exact;
  private final Runnable expired;

  JiffyFacility(String boot, int batch, boolean exact, Runnable expired) {
    this.machine = Machine.boot(boot);
    this.batch = batch;
    this.exact = exact;
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
      setUp(spare, callback);
      timers = new TimerList[count];
      for (int i = 0; i < count; i++) {
        timers[i] = new TimerList();
        setUp(timers[i], callback);
      }
    }

    private void setUp(TimerList timer, TimerCallback callback) {
      timer_setup(timer, callback, 0);
      if (exact) {
        set_timer_slack(timer, 0);
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
      setUp(timer, t -> body.run());
      timer.expires = in(delayMillis) + (exact ? 1 : 0);
      add_timer(timer);
    }

    @Override
    public void close() {
      attachment.close();
    }
  }
}
