package jiffy.linux;

import java.util.function.IntConsumer;
import jiffy.kernel.Current;

/**
 * {@code linux/smp.h} and {@code linux/cpumask.h}: which CPU this is, and which there are.
 *
 * <p>Contexts: any.
 */
public final class Smp {
  private Smp() {}

  /**
   * {@code smp_processor_id()}: 0 to nr_cpus - 1; stable while the caller does not sleep.
   *
   * @return 0 to nr_cpus - 1
   */
  public static int smp_processor_id() {
    return Current.get().cpuNumber();
  }

  /**
   * {@code raw_smp_processor_id()}: the same, for who does not mind that it may change.
   *
   * @return 0 to nr_cpus - 1
   */
  public static int raw_smp_processor_id() {
    return Current.get().cpuNumber();
  }

  /**
   * {@code get_cpu()}: {@code preempt_disable()}, and the number of this CPU.
   *
   * @return 0 to nr_cpus - 1
   */
  public static int get_cpu() {
    Current current = Current.get();
    current.preemptDisableWithoutLock();
    return current.cpuNumber();
  }

  /** {@code put_cpu()}: {@code preempt_enable()}. */
  public static void put_cpu() {
    Current.get().preemptEnableWithoutLock();
  }

  /**
   * {@code unsigned int num_online_cpus(void)}: how many there are; all that there are stay online.
   *
   * @return 1 or more
   */
  public static int num_online_cpus() {
    return Current.get().kernel.tasks.onlineCpus();
  }

  /** {@code for_each_online_cpu(cpu)}}: calls the body with 0 to nr_cpus - 1. */
  public static void for_each_online_cpu(IntConsumer body) {
    int cpus = num_online_cpus();
    for (int cpu = 0; cpu < cpus; cpu++) {
      body.accept(cpu);
    }
  }

  /**
   * {@code unsigned int num_possible_cpus(void)}: the same.
   *
   * @return 1 or more
   */
  public static int num_possible_cpus() {
    return num_online_cpus();
  }

  /** {@code for_each_possible_cpu(cpu)}}: {@link #for_each_online_cpu}. */
  public static void for_each_possible_cpu(IntConsumer body) {
    for_each_online_cpu(body);
  }

  /** {@code bool cpu_online(unsigned int cpu)}: whether there is such a CPU. */
  public static boolean cpu_online(int cpu) {
    return cpu >= 0 && cpu < num_online_cpus();
  }
}
