package jiffy.runtime.proc;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.WaitList;
import jiffy.types.ProcDirEntry;
import jiffy.types.TaskStruct;

/**
 * A file or directory of a module, who has it open, and who is inside one of its functions. Thread
 * safe.
 */
final class Entry {
  /** {@link #users}: removed; added to the number of those who are inside. */
  private static final int REMOVED = 1 << 30;

  final ProcDirEntry struct;
  final String path;
  private final AtomicInteger users = new AtomicInteger();
  private final Set<TaskStruct> inside = ConcurrentHashMap.newKeySet();
  private final Set<ModuleFile> open = ConcurrentHashMap.newKeySet();
  private final WaitList waiters;

  Entry(Arch arch, ProcDirEntry struct) {
    this.struct = struct;
    this.path = struct.__path();
    this.waiters = new WaitList(arch);
  }

  Owner owner() {
    return struct.__origin.owner;
  }

  boolean isDirectory() {
    return struct.__ops == null;
  }

  /** {@code use_pde}. @return false if it has been removed */
  boolean enter(TaskStruct task) {
    if (users.getAndUpdate(n -> n >= REMOVED ? n : n + 1) >= REMOVED) {
      return false;
    }
    inside.add(task);
    return true;
  }

  /** {@code unuse_pde}. */
  void leave(TaskStruct task) {
    inside.remove(task);
    if (users.decrementAndGet() >= REMOVED) { // who removes it may be inside, too
      waiters.wakeAll();
    }
  }

  /** Who is inside. */
  Set<TaskStruct> inside() {
    return inside;
  }

  /** {@code pde_openers}: who has it open, to be closed by whoever comes first. */
  Set<ModuleFile> open() {
    return open;
  }

  /** From now on nobody gets in. */
  void remove() {
    users.getAndUpdate(n -> n >= REMOVED ? n : n + REMOVED);
  }

  /** Whether that task is inside. */
  boolean isInside(TaskStruct task) {
    return inside.contains(task);
  }

  /** Waits until nobody is inside, but for the caller itself. @return whether that is so */
  boolean awaitEmpty(Context caller, long deadline) {
    int own = isInside(caller.task()) ? 1 : 0;
    caller.sleeps();
    boolean isEmpty = waiters.await(caller.thread, deadline, () -> users.get() <= REMOVED + own);
    caller.wakes();
    caller.forgetClock();
    return isEmpty;
  }
}
