package jiffy.runtime.module;

import static jiffy.linux.Errno.EAGAIN;
import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.EEXIST;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.EPERM;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.Iterables;
import com.google.common.collect.ListMultimap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.module.file.Import;

/**
 * The names that are taken, the state of each module, and who links to whom.
 *
 * <p>Thread safe. The lock is held for a few instructions: never while a hook runs, while PF4J
 * works or while somebody waits.
 */
final class Registry {
  private final ReentrantLock lock = new ReentrantLock();

  /** Every load, oldest first. Guarded by lock. */
  private final Map<Owner, LoadedModule> modules = new LinkedHashMap<>();

  /** By name: those that are no zombies. Guarded by lock. */
  private final Map<String, LoadedModule> bearers = new HashMap<>();

  /** By name: those whose init or exit was given up. Guarded by lock. */
  private final ListMultimap<String, LoadedModule> zombies = ArrayListMultimap.create();

  /** Guarded by lock. */
  private final SymbolTable symbols = new SymbolTable();

  /** Who waits until a module that is being loaded is live or gone. */
  private final WaitList undecided;

  /** Guarded by lock. */
  private boolean closed;

  Registry(Arch arch) {
    undecided = new WaitList(arch);
  }

  /**
   * Takes the module's name. While another of that name is being loaded this waits to see what
   * becomes of it; it is never taken afterwards, as in {@code add_unformed_module}.
   *
   * @param overZombie the name of a zombie is free
   * @return 0; -EEXIST if one of that name is live; -EBUSY if it has just failed, goes, or is a
   *     zombie; -EPERM after {@link #close}
   */
  int reserve(Context caller, LoadedModule module, boolean overZombie) {
    for (; ; ) {
      LoadedModule rival;
      lock.lock();
      try {
        if (closed) {
          return -EPERM;
        }
        LoadedModule bearer = bearers.get(module.name());
        rival = bearer != null ? bearer : zombie(module.name());
        if (rival == null || overZombie && rival.state() == ModuleState.ZOMBIE) {
          modules.put(module.owner, module);
          bearers.put(module.name(), module);
          return 0;
        }
      } finally {
        lock.unlock();
      }
      if (!rival.state().isDecided()) {
        if (caller.owner() == rival.owner) {
          return -EBUSY; // a module that loads itself would wait for itself
        }
        undecided.await(caller.thread, () -> rival.state().isDecided());
        caller.forgetClock();
      }
      if (!overZombie || rival.state() != ModuleState.ZOMBIE) {
        return rival.state() == ModuleState.LIVE ? -EEXIST : -EBUSY;
      }
    }
  }

  /** The last of that name to be given up, or null. Under the lock. */
  private LoadedModule zombie(String name) {
    return Iterables.getLast(zombies.get(name), null);
  }

  /** From now on all that is left of it is a thread: its symbols and its libraries are free. */
  void giveUp(LoadedModule module) {
    lock.lock();
    try {
      module.dropReferences();
      symbols.forget(module);
      module.setState(ModuleState.ZOMBIE);
      bearers.remove(module.name(), module);
      zombies.put(module.name(), module);
    } finally {
      lock.unlock();
    }
    undecided.wakeAll();
  }

  /** Whether a zombie bears the name of a module, which has none. */
  boolean isZombies(String name) {
    LoadedModule rival = find(name);
    return rival != null && rival.state() == ModuleState.ZOMBIE;
  }

  /** Moves a module on; one that is gone leaves its name. */
  void move(LoadedModule module, ModuleState next) {
    lock.lock();
    try {
      module.setState(next);
      if (next == ModuleState.GONE) {
        modules.remove(module.owner);
        bearers.remove(module.name(), module);
        zombies.remove(module.name(), module);
        symbols.forget(module);
      }
    } finally {
      lock.unlock();
    }
    undecided.wakeAll();
  }

  /**
   * {@code complete_formation}: from now on its symbols are there, and it is coming.
   *
   * @return null; or the symbol that another module has already, and nothing is changed
   */
  SymbolTable.Symbol form(LoadedModule module) {
    lock.lock();
    try {
      SymbolTable.Symbol duplicate = symbols.duplicate(module);
      if (duplicate == null) {
        symbols.publish(module);
        module.setState(ModuleState.COMING);
      }
      return duplicate;
    } finally {
      lock.unlock();
    }
  }

  /** What an import means; null if nobody has it. */
  SymbolTable.Symbol symbol(LoadedModule user, Import wanted) {
    lock.lock();
    try {
      return symbols.find(user, wanted);
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is that symbol, but with another signature. */
  boolean hasOtherVersion(Import wanted) {
    lock.lock();
    try {
      return symbols.hasOtherVersion(wanted);
    } finally {
      lock.unlock();
    }
  }

  /**
   * {@code ref_module}: from now on the library cannot go before its user, which counts as newer.
   *
   * @return 0; -EBUSY while the library's init runs; -ENOENT if it goes or is gone
   */
  int use(LoadedModule user, LoadedModule library) {
    lock.lock();
    try {
      if (library.state() == ModuleState.COMING) {
        return -EBUSY;
      }
      if (library.state() != ModuleState.LIVE || !symbols.use(user, library)) {
        return -ENOENT;
      }
      modules.remove(user.owner);
      modules.put(user.owner, user); // the youngest
      return 0;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is known what becomes of a module. @return whether it is, in time */
  boolean awaitDecision(Context caller, LoadedModule module, long deadline) {
    boolean decided = undecided.await(caller.thread, deadline, () -> module.state().isDecided());
    caller.forgetClock();
    return decided;
  }

  /** What a module links to. */
  List<LoadedModule> libraries(LoadedModule user) {
    lock.lock();
    try {
      return symbols.libraries(user);
    } finally {
      lock.unlock();
    }
  }

  /** The names of those that link to a module, newest first. */
  List<String> holders(LoadedModule module) {
    lock.lock();
    try {
      return symbols.holders(module);
    } finally {
      lock.unlock();
    }
  }

  /** How hard to try. */
  enum Force {
    /** As Linux's rmmod. */
    NONE,
    /** As rmmod -f: permanent modules and held ones go, too; but none that others link to. */
    RMMOD,
    /** The machine halts: everything goes. */
    HALT
  }

  /** Whether a module may go, and whether that took force. */
  record Verdict(int error, boolean isForced) {}

  /** Makes a live module a going one, if nobody objects. */
  Verdict beginUnload(LoadedModule module, Force force) {
    lock.lock();
    try {
      if (force != Force.HALT && symbols.isUsed(module)) {
        return new Verdict(-EAGAIN, false); // its users would run into nothing
      }
      if (module.state() != ModuleState.LIVE) {
        return new Verdict(-EBUSY, false);
      }
      boolean isForced = false;
      if (module.isPermanent()) {
        if (force == Force.NONE) {
          return new Verdict(-EBUSY, false);
        }
        isForced = true;
      }
      if (!module.releaseBase()) {
        if (force == Force.NONE) {
          return new Verdict(-EAGAIN, false);
        }
        isForced = true;
      }
      module.setState(ModuleState.GOING);
      return new Verdict(0, isForced);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The module of that canonical name that is not gone, or null; a zombie only as long as no other
   * one is listed.
   */
  LoadedModule find(String name) {
    lock.lock();
    try {
      LoadedModule bearer = bearers.get(name);
      LoadedModule zombie = zombie(name);
      return bearer != null && bearer.state().isListed() || zombie == null ? bearer : zombie;
    } finally {
      lock.unlock();
    }
  }

  /** The load that this owner stands for, or null if it is gone. */
  LoadedModule loadOf(Owner owner) {
    lock.lock();
    try {
      return modules.get(owner);
    } finally {
      lock.unlock();
    }
  }

  /** All that are listed, newest first. */
  List<LoadedModule> newestFirst() {
    List<LoadedModule> all;
    lock.lock();
    try {
      all = new ArrayList<>(modules.values());
    } finally {
      lock.unlock();
    }
    all.removeIf(module -> !module.state().isListed());
    Collections.reverse(all);
    return all;
  }

  /** The module of that canonical name, as it is now; none while it is not listed. */
  Optional<ModuleView> view(String name) {
    lock.lock();
    try {
      return Optional.ofNullable(find(name))
          .filter(module -> module.state().isListed())
          .map(module -> module.view(symbols.holders(module)));
    } finally {
      lock.unlock();
    }
  }

  /** All that are listed, newest first, as they are at one moment. */
  List<ModuleView> views() {
    lock.lock();
    try {
      return newestFirst().stream().map(m -> m.view(symbols.holders(m))).toList();
    } finally {
      lock.unlock();
    }
  }

  /** No name is taken from now on. */
  void close() {
    lock.lock();
    try {
      closed = true;
    } finally {
      lock.unlock();
    }
  }
}
