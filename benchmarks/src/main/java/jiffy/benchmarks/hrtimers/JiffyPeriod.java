package jiffy.benchmarks.hrtimers;

import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_ABS;
import static jiffy.linux.Hrtimers.HRTIMER_RESTART;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_cb_get_time;
import static jiffy.linux.Hrtimers.hrtimer_forward_now;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;

import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerRestart;

/** By an hrtimer that moves itself forward; through the public API, with all its checks. */
final class JiffyPeriod extends Period {
  private final Machine machine;
  private final Attachment attachment;
  private final Hrtimer timer = new Hrtimer();

  JiffyPeriod(String boot, long nanos) {
    super(nanos);
    machine = Machine.boot(boot);
    attachment = machine.attach("bench");
    hrtimer_setup(timer, this::expired, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
  }

  private HrtimerRestart expired(Hrtimer expired) {
    called();
    hrtimer_forward_now(expired, nanos);
    return HRTIMER_RESTART;
  }

  @Override
  long begin() {
    long ahead = nanoTimeMinus(() -> hrtimer_cb_get_time(timer));
    long first = hrtimer_cb_get_time(timer) + LEAD_NANOS;
    hrtimer_start(timer, first, HRTIMER_MODE_ABS);
    return first + ahead;
  }

  @Override
  public void close() {
    hrtimer_cancel(timer);
    attachment.close();
    machine.close();
  }
}
