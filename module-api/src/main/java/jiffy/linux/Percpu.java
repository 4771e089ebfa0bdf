package jiffy.linux;

import java.util.function.Supplier;
import jiffy.kernel.Current;
import jiffy.types.Atomic64T;
import jiffy.types.PerCpu;

/**
 * {@code linux/percpu.h}: variables of which each CPU has its own.
 *
 * <p>{@code DEFINE_PER_CPU(struct stats, s)} is {@code static final PerCpu<Stats> s =
 * DEFINE_PER_CPU(Stats::new)}, and what is an lvalue in C is the copy itself: {@code
 * get_cpu_var(s).packets++}. A number is an {@link Atomic64T}: {@code PerCpu<Atomic64T> hits =
 * DEFINE_PER_CPU(Atomic64T::new)}, {@code this_cpu_inc(hits)}, {@code per_cpu(hits, cpu).counter}.
 *
 * <p>On Linux the tasks of a CPU run one at a time, and {@code preempt_disable} makes a per-CPU
 * variable a task's own. Here they run truly in parallel. So the {@code this_cpu} operations are
 * atomic, and {@link #get_cpu_var} besides takes a lock, the variable's own for this CPU, as on
 * PREEMPT_RT: two tasks that each want two variables, or one and a spinlock, have to take them in
 * the same order. A copy that is reached by {@link #this_cpu_ptr} or {@link #per_cpu} is guarded by
 * nothing. Handlers of this CPU are kept out neither there nor here: {@code local_bh_disable} does
 * that.
 *
 * <p>Contexts: any.
 */
public final class Percpu {
  private static final int HANDLER_MASK = 0x00ff0100; // serving a softirq, an interrupt, an NMI

  private Percpu() {}

  /**
   * {@code DEFINE_PER_CPU(type, name)}: a new one; callable from a static initializer.
   *
   * @param initial makes one CPU's copy; called for each of them at the first use
   */
  public static <T> PerCpu<T> DEFINE_PER_CPU(Supplier<? extends T> initial) {
    return new PerCpu<>(initial);
  }

  /**
   * {@code alloc_percpu(type)}: {@link #DEFINE_PER_CPU}.
   *
   * @return never null
   */
  public static <T> PerCpu<T> alloc_percpu(Supplier<? extends T> initial) {
    PerCpu<T> var = new PerCpu<>(initial);
    slots(Current.get(), var);
    return var;
  }

  /** {@code void free_percpu(void __percpu *ptr)}: null is ignored; nobody may use it any more. */
  public static void free_percpu(PerCpu<?> var) {
    if (var != null) {
      var.__slots = null;
    }
  }

  /**
   * {@code get_cpu_var(var)}: {@code preempt_disable()}, and this CPU's copy, from which other
   * tasks of this CPU are kept out until {@link #put_cpu_var}. Nests.
   *
   * @return the copy
   */
  public static <T> T get_cpu_var(PerCpu<T> var) {
    Current current = Current.get();
    PerCpu.Slot<T> slot = slots(current, var)[current.cpuNumber()];
    current.preemptDisable();
    if (slot.__holder == current) {
      slot.__depth++;
    } else if ((current.preemptCount() & HANDLER_MASK)
        == 0) { // it has interrupted the holder, on Linux
      current.kernel.locks.lock(current, slot.__lock);
      slot.__holder = current;
    }
    return slot.__value;
  }

  /** {@code put_cpu_var(var)}: undoes {@link #get_cpu_var}. */
  public static void put_cpu_var(PerCpu<?> var) {
    Current current = Current.get();
    PerCpu.Slot<?> slot = slots(current, var)[current.cpuNumber()];
    if (slot.__holder == current) {
      if (slot.__depth > 0) {
        slot.__depth--;
      } else {
        slot.__holder = null;
        current.kernel.locks.unlock(current, slot.__lock);
      }
    }
    current.preemptEnable();
  }

  /**
   * {@code get_cpu_ptr(var)}: {@link #get_cpu_var}.
   *
   * @return the copy
   */
  public static <T> T get_cpu_ptr(PerCpu<T> var) {
    return get_cpu_var(var);
  }

  /** {@code put_cpu_ptr(var)}: {@link #put_cpu_var}. */
  public static void put_cpu_ptr(PerCpu<?> var) {
    put_cpu_var(var);
  }

  /**
   * {@code per_cpu(var, cpu)}: that CPU's copy, unguarded.
   *
   * @param cpu 0 to nr_cpus - 1; another throws
   * @return the copy
   */
  public static <T> T per_cpu(PerCpu<T> var, int cpu) {
    PerCpu.Slot<T>[] slots = slots(Current.get(), var);
    if (cpu < 0 || cpu >= slots.length) {
      throw new IndexOutOfBoundsException(
          "per_cpu: CPU " + cpu + ": there are CPUs 0 to " + (slots.length - 1));
    }
    return slots[cpu].__value;
  }

  /**
   * {@code per_cpu_ptr(ptr, cpu)}: {@link #per_cpu}.
   *
   * @return the copy
   */
  public static <T> T per_cpu_ptr(PerCpu<T> var, int cpu) {
    return per_cpu(var, cpu);
  }

  /**
   * {@code this_cpu_ptr(ptr)}: this CPU's copy, unguarded.
   *
   * @return the copy
   */
  public static <T> T this_cpu_ptr(PerCpu<T> var) {
    Current current = Current.get();
    return slots(current, var)[current.cpuNumber()].__value;
  }

  /**
   * {@code this_cpu_read(pcp)}.
   *
   * @return its value
   */
  public static long this_cpu_read(PerCpu<Atomic64T> pcp) {
    return this_cpu_ptr(pcp).counter;
  }

  /** {@code this_cpu_write(pcp, val)}. */
  public static void this_cpu_write(PerCpu<Atomic64T> pcp, long val) {
    this_cpu_ptr(pcp).counter = val;
  }

  /** {@code this_cpu_add(pcp, val)}; atomic, as all of these. */
  public static void this_cpu_add(PerCpu<Atomic64T> pcp, long val) {
    this_cpu_add_return(pcp, val);
  }

  /** {@code this_cpu_sub(pcp, val)}. */
  public static void this_cpu_sub(PerCpu<Atomic64T> pcp, long val) {
    this_cpu_add_return(pcp, -val);
  }

  /** {@code this_cpu_inc(pcp)}. */
  public static void this_cpu_inc(PerCpu<Atomic64T> pcp) {
    this_cpu_add_return(pcp, 1);
  }

  /** {@code this_cpu_dec(pcp)}. */
  public static void this_cpu_dec(PerCpu<Atomic64T> pcp) {
    this_cpu_add_return(pcp, -1);
  }

  /**
   * {@code this_cpu_add_return(pcp, val)}.
   *
   * @return the new value
   */
  public static long this_cpu_add_return(PerCpu<Atomic64T> pcp, long val) {
    return Atomics64.atomic64_add_return(val, this_cpu_ptr(pcp));
  }

  /**
   * {@code this_cpu_inc_return(pcp)}.
   *
   * @return the new value
   */
  public static long this_cpu_inc_return(PerCpu<Atomic64T> pcp) {
    return this_cpu_add_return(pcp, 1);
  }

  /**
   * {@code this_cpu_dec_return(pcp)}.
   *
   * @return the new value
   */
  public static long this_cpu_dec_return(PerCpu<Atomic64T> pcp) {
    return this_cpu_add_return(pcp, -1);
  }

  /**
   * {@code this_cpu_xchg(pcp, nval)}.
   *
   * @return the old value
   */
  public static long this_cpu_xchg(PerCpu<Atomic64T> pcp, long nval) {
    return Atomics64.atomic64_xchg(this_cpu_ptr(pcp), nval);
  }

  /**
   * {@code this_cpu_cmpxchg(pcp, oval, nval)}.
   *
   * @return the old value: {@code oval} if it was set
   */
  public static long this_cpu_cmpxchg(PerCpu<Atomic64T> pcp, long oval, long nval) {
    return Atomics64.atomic64_cmpxchg(this_cpu_ptr(pcp), oval, nval);
  }

  private static <T> PerCpu.Slot<T>[] slots(Current current, PerCpu<T> var) {
    PerCpu.Slot<T>[] slots = var.__slots;
    if (slots != null) {
      return slots;
    }
    @SuppressWarnings({"unchecked", "rawtypes"}) // no other way to make an array of these
    PerCpu.Slot<T>[] made = new PerCpu.Slot[current.kernel.tasks.onlineCpus()];
    for (int cpu = 0; cpu < made.length; cpu++) {
      made[cpu] = new PerCpu.Slot<>(var.__initial.get());
    }
    PerCpu.__SLOTS.compareAndSet(var, null, made);
    return var.__slots;
  }
}
