package jiffy.linux;

import jiffy.kernel.Current;

/** {@code linux/smp.h}: which CPU this is. */
public final class Smp {
  private Smp() {}

  /** {@code smp_processor_id()}: 0 to nr_cpus - 1; stable while the caller does not sleep. */
  public static int smp_processor_id() {
    return Current.get().cpuNumber();
  }
}
