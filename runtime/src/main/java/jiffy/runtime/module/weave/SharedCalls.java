package jiffy.runtime.module.weave;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which calls work on shared memory and are not choice points by themselves: the kernel's
 * subsystems are, but what a function of jiffy.linux does without one, or before it comes to one,
 * others may come before, too.
 */
final class SharedCalls {
  private static final String LINUX = "jiffy/linux/";
  private static final String VAR_HANDLE = "java/lang/invoke/VarHandle";
  private static final String ATOMIC = "java/util/concurrent/atomic/";

  /** A VarHandle's others look at the handle itself, or are fences. */
  private static final List<String> VAR_HANDLE_ACCESSES =
      List.of("get", "set", "compareAnd", "weakCompareAnd");

  /** The functions' names or their beginnings, by header. */
  private static final Map<String, List<String>> FUNCTIONS =
      Map.ofEntries(
          Map.entry("Atomics", List.of("atomic_")),
          Map.entry("Atomics64", List.of("atomic64_")),
          Map.entry("Bitops", List.of("set_", "clear_", "change_", "test_")),
          Map.entry("Lists", List.of("list_", "INIT_LIST_HEAD")),
          Map.entry("Percpu", List.of("this_cpu_")),
          Map.entry(
              "Seqlocks",
              List.of(
                  "read_seqcount_",
                  "write_seqcount_",
                  "seqcount_init",
                  "read_seqbegin",
                  "read_seqretry",
                  "write_sequnlock")),
          Map.entry(
              "Completions",
              List.of(
                  "complete", "init_completion", "reinit_completion", "try_wait_for_completion")),
          Map.entry("Semaphores", List.of("up", "down_trylock", "sema_init")),
          Map.entry("RwSemaphores", List.of("rwsem_is_", "init_rwsem")),
          Map.entry("Mutexes", List.of("mutex_is_locked", "mutex_init")),
          Map.entry(
              "Sched", List.of("__set_current_state", "signal_pending", "fatal_signal_pending")),
          Map.entry("Wait", List.of("waitqueue_active", "wq_has_sleeper", "init_waitqueue_head")),
          Map.entry("Timers", List.of("timer_pending")),
          Map.entry(
              "Hrtimers",
              List.of(
                  "hrtimer_is_queued",
                  "hrtimer_get_expires",
                  "hrtimer_get_softexpires",
                  "hrtimer_set_expires",
                  "hrtimer_add_expires")),
          Map.entry("Workqueues", List.of("work_pending", "delayed_work_pending")));

  /** Begin as one above, and look at nothing that changes. */
  private static final Set<String> PURE = Set.of("list_entry", "this_cpu_ptr");

  private SharedCalls() {}

  /**
   * What reports call the call: {@code atomic_inc}, {@code AtomicLong.get}.
   *
   * @param owner internal name
   * @param isStatic whether it is a static method's
   * @return null if it is no choice point
   */
  static String label(String owner, String name, boolean isStatic) {
    if (owner.startsWith(LINUX)) {
      List<String> functions = FUNCTIONS.get(owner.substring(LINUX.length()));
      boolean isShared =
          functions != null
              && !PURE.contains(name)
              && functions.stream().anyMatch(name::startsWith);
      return isShared ? name : null;
    }
    boolean isShared =
        !isStatic
            && (owner.equals(VAR_HANDLE)
                ? VAR_HANDLE_ACCESSES.stream().anyMatch(name::startsWith)
                : owner.startsWith(ATOMIC) && !name.equals("<init>"));
    return isShared ? SharedFields.simpleName(owner) + "." + name : null;
  }
}
