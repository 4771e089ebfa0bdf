package jiffy.runtime;

import jiffy.kernel.Current;
import jiffy.kernel.LogOps;
import jiffy.kernel.ReportOps;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Splat;
import jiffy.runtime.printk.CallSites;
import jiffy.runtime.printk.PrintkSettings;
import jiffy.runtime.printk.RateLimit;
import jiffy.runtime.time.JiffiesClock;
import jiffy.types.RatelimitState;

/** The API's view of reports, and of what is said once or seldom. Thread safe, any context. */
final class KernelReports implements ReportOps {
  private static final int WARNING = 4;

  private final LogOps log;
  private final PrintkSettings settings;
  private final JiffiesClock clock;
  private final Splat splat;
  private final CallSites sites;

  KernelReports(LogOps log, PrintkSettings settings, JiffiesClock clock, Splat splat) {
    this.log = log;
    this.settings = settings;
    this.clock = clock;
    this.splat = splat;
    this.sites =
        new CallSites(
            PrintkSettings.DEFAULT_RATELIMIT_SECONDS * clock.hz,
            PrintkSettings.DEFAULT_RATELIMIT_BURST);
  }

  @Override
  public boolean once(Current current) {
    return sites.caller().first();
  }

  @Override
  public boolean ratelimited(Current current) {
    CallSites.CallSite site = sites.caller();
    return mayPrint(current, site.limit, site.function);
  }

  @Override
  public boolean ratelimit(Current current, RatelimitState state) {
    return mayPrint(current, state, null);
  }

  @Override
  public boolean printkRatelimit(Current current) {
    return mayPrint(current, settings.printkRatelimit().acquire(clock.now()), null);
  }

  private boolean mayPrint(Current current, RatelimitState state, String function) {
    return mayPrint(current, RateLimit.acquire(state, clock.now()), function);
  }

  /**
   * Says first what was suppressed before.
   *
   * @param missed what the limit has answered
   * @param function who asks; null: to be looked for on the stack, if it is to be named
   */
  private boolean mayPrint(Current current, int missed, String function) {
    if (missed > 0) {
      String name = function == null ? sites.callerFunction() : function;
      log.printk(current, WARNING, "%s: %d callbacks suppressed\n", new Object[] {name, missed});
    }
    return missed != RateLimit.SUPPRESSED;
  }

  @Override
  public void warn(Current current, String format, Object[] arguments) {
    if (format == null) {
      splat.warn((Context) current);
    } else {
      splat.warn(
          (Context) current, () -> log.printk(current, LogOps.LEVEL_DEFAULT, format, arguments));
    }
  }

  @Override
  public void dumpStack(Current current) {
    splat.dumpStack((Context) current);
  }
}
