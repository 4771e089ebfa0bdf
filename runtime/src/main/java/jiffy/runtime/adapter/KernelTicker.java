package jiffy.runtime.adapter;

import com.google.common.base.Ticker;
import jiffy.runtime.time.JiffiesClock;

/** The machine's time since boot, which nobody steps. Any thread. */
final class KernelTicker extends Ticker {
  private final JiffiesClock clock;
  private final Callers callers;

  KernelTicker(JiffiesClock clock, Callers callers) {
    this.clock = clock;
    this.callers = callers;
  }

  @Override
  public long read() {
    callers.poll();
    return clock.sinceBoot();
  }
}
