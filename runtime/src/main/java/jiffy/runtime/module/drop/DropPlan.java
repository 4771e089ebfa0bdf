package jiffy.runtime.module.drop;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import jiffy.linux.Errno;

/**
 * What is to be done about a drop folder: snapshots of it in, actions out. Knows no files and no
 * clock; one thread.
 *
 * <p>Of each file it keeps two things apart: how the file is (new, settled, whole) and how the
 * module is that came of it. An old module stays until the file that replaces its own is whole.
 * Unloading goes before loading, newest first; loading goes by name, but what others need first
 * ({@link DropOrder}). One thing is done at a time, so that order means something; but what takes
 * long, an init that never returns, does not hold up the rest for ever.
 */
final class DropPlan {
  /** A file that has not changed for so long is not being written any more: 0.25 s. */
  static final long SETTLE_NANOS = 250_000_000L;

  /** A file that is not whole by then is spoken of: 5 s. */
  static final long GRACE_NANOS = 5_000_000_000L;

  /** A load or unload that takes longer is not waited for by the next: 5 s. */
  static final long PATIENCE_NANOS = 5_000_000_000L;

  /** No deadline. */
  static final long NEVER = Long.MAX_VALUE;

  /**
   * What tells one content of a file from the next.
   *
   * @param size its length in bytes
   * @param modifiedMillis when it was last written
   * @param identity inode and whether it may be read, as far as these are known
   */
  record Stamp(long size, long modifiedMillis, Object identity) {}

  /** Something to be done. */
  sealed interface Action {
    /** Load this file; tell {@link #loaded}. */
    record Load(String file) implements Action {}

    /** Unload the module that this file's load gave; tell {@link #unloaded}. */
    record Unload(String file, Object module) implements Action {}

    /** Say this in the log. */
    record Report(String text) implements Action {}
  }

  private enum Phase {
    NONE,
    LOADING,
    LOADED,
    UNLOADING
  }

  private static final class Entry {
    final String file;

    Stamp stamp; // null: the file is not there
    long sinceNanos; // when that stamp was first seen
    boolean checked; // whether whole has been found out
    boolean whole;
    boolean complained; // about this stamp, in whatever phase
    DropOrder.Facts facts; // null: not asked yet

    Phase phase = Phase.NONE;
    Stamp used; // what was last given to the loader
    Object module; // what came of it
    long loadOrder;
    boolean blocked; // nothing can be done before another module comes or goes
    int refusal; // why it is blocked: the errno of its load, positive

    Entry(String file) {
      this.file = file;
    }

    boolean isReplaced() {
      return whole && !stamp.equals(used);
    }
  }

  private final TreeMap<String, Entry> entries = new TreeMap<>();
  private final List<Action> actions = new ArrayList<>();
  private final Function<String, DropOrder.Facts> facts;
  private long loads;
  private Entry busy; // what is being loaded or unloaded, as far as it is waited for
  private long busySinceNanos;

  /**
   * @param facts of a whole file; asked once for each stamp, if there are others to be loaded
   */
  DropPlan(Function<String, DropOrder.Facts> facts) {
    this.facts = facts;
  }

  /**
   * Looks at the folder as it is now.
   *
   * @param nowNanos any monotonic clock
   * @param files the candidates that are there
   * @param isWhole whether a file is a complete archive; asked once for each stamp, when settled
   * @return what to do, in this order
   */
  List<Action> look(long nowNanos, Map<String, Stamp> files, Predicate<String> isWhole) {
    absorb(nowNanos, files);
    for (Entry entry : entries.values()) {
      check(entry, nowNanos, isWhole);
    }
    if (busy != null && nowNanos - busySinceNanos >= PATIENCE_NANOS) {
      busy = null;
    }
    if (busy == null) {
      startOne(nowNanos);
    }
    entries.values().removeIf(e -> e.stamp == null && e.phase == Phase.NONE);
    List<Action> result = List.copyOf(actions);
    actions.clear();
    return result;
  }

  /** When to look again though nothing has happened: a time of that clock, or {@link #NEVER}. */
  long nextLookNanos() {
    long next = busy != null && anyStartable() ? busySinceNanos + PATIENCE_NANOS : NEVER;
    for (Entry entry : entries.values()) {
      if (entry.stamp != null && !entry.checked) {
        next = Math.min(next, entry.sinceNanos + SETTLE_NANOS);
      } else if (entry.stamp != null && !entry.whole && !entry.complained) {
        next = Math.min(next, entry.sinceNanos + GRACE_NANOS);
      }
    }
    return next;
  }

  /**
   * A load has ended; look again.
   *
   * @param errno 0 or negative, as insmod returns it
   * @param module what unloading takes, if it is 0
   * @param reason the errno in words
   */
  void loaded(String file, int errno, Object module, Supplier<String> reason) {
    Entry entry = end(file);
    if (errno == 0) {
      entry.phase = Phase.LOADED;
      entry.module = module;
      entry.loadOrder = ++loads;
      came();
      return;
    }
    entry.phase = Phase.NONE;
    entry.refusal = -errno;
    String until =
        switch (-errno) {
          case Errno.EEXIST -> "that module is unloaded";
          case Errno.EBUSY -> "that module, or one that it needs, has come or gone";
          case Errno.ENOENT, Errno.ESRCH -> "another module is loaded";
          default -> null;
        };
    if (until != null) {
      entry.used = null;
      entry.blocked = true;
      complain(entry, "waits: " + reason.get() + ": tried again when " + until);
    } else {
      complain(entry, "could not be loaded: " + reason.get());
    }
  }

  /**
   * An unload has ended; look again. As {@link #loaded}; a module that was not there is unloaded.
   */
  void unloaded(String file, int errno, Supplier<String> reason) {
    Entry entry = end(file);
    if (errno == 0 || errno == -Errno.ENOENT) {
      entry.phase = Phase.NONE;
      entry.module = null;
      entry.used = null;
      went();
      return;
    }
    entry.phase = Phase.LOADED;
    entry.blocked = true;
    String cause = entry.stamp == null ? "is gone" : "was replaced";
    complain(
        entry,
        cause
            + ", but its module cannot be unloaded: "
            + reason.get()
            + ": tried again when another module is unloaded");
  }

  /** A module has come, by us or by hand; look again. */
  void came() {
    unblock(e -> e.phase == Phase.NONE && e.refusal != Errno.EEXIST);
  }

  /** A module has gone, by us or by hand: a name is free, a library unused; look again. */
  void went() {
    unblock(e -> e.phase == Phase.LOADED || e.refusal != Errno.ENOENT);
  }

  private void absorb(long nowNanos, Map<String, Stamp> files) {
    files.keySet().forEach(file -> entries.computeIfAbsent(file, Entry::new));
    for (Entry entry : entries.values()) {
      Stamp stamp = files.get(entry.file);
      if (stamp == null ? entry.stamp != null : !stamp.equals(entry.stamp)) {
        entry.stamp = stamp;
        entry.sinceNanos = nowNanos;
        entry.checked = false;
        entry.whole = false;
        entry.complained = false;
        entry.facts = null;
        entry.blocked = false;
      }
    }
  }

  private void check(Entry entry, long nowNanos, Predicate<String> isWhole) {
    long age = nowNanos - entry.sinceNanos;
    if (entry.stamp == null || age < SETTLE_NANOS) {
      return;
    }
    if (!entry.checked) {
      entry.checked = true;
      entry.whole = isWhole.test(entry.file);
    }
    if (!entry.whole && age >= GRACE_NANOS) {
      complain(entry, "is no complete JAR: left alone until it changes");
    }
  }

  /** Starts the first thing that can be done; its end brings the next. */
  private void startOne(long nowNanos) {
    Entry unload =
        entries.values().stream()
            .filter(DropPlan::isToUnload)
            .max(Comparator.comparingLong(e -> e.loadOrder))
            .orElse(null);
    if (unload != null) {
      begin(unload, Phase.UNLOADING, nowNanos);
      actions.add(new Action.Unload(unload.file, unload.module));
      return;
    }
    // Files that arrived together are loaded in order, though one of them may be whole earlier.
    Entry load = nextToLoad();
    if (load != null) {
      load.used = load.stamp;
      begin(load, Phase.LOADING, nowNanos);
      actions.add(new Action.Load(load.file));
    }
  }

  private Entry nextToLoad() {
    List<Entry> candidates = entries.values().stream().filter(DropPlan::isToLoad).toList();
    if (candidates.size() < 2) {
      return candidates.isEmpty() ? null : candidates.get(0);
    }
    TreeMap<String, DropOrder.Facts> files = new TreeMap<>();
    for (Entry each : candidates) {
      if (each.facts == null) {
        each.facts = facts.apply(each.file);
      }
      files.put(each.file, each.facts);
    }
    return entries.get(DropOrder.first(files));
  }

  private boolean anyStartable() {
    return entries.values().stream().anyMatch(e -> isToUnload(e) || isToLoad(e));
  }

  private static boolean isToUnload(Entry entry) {
    return entry.phase == Phase.LOADED
        && !entry.blocked
        && (entry.stamp == null || entry.isReplaced());
  }

  private static boolean isToLoad(Entry entry) {
    return entry.phase == Phase.NONE && !entry.blocked && entry.isReplaced();
  }

  private void begin(Entry entry, Phase phase, long nowNanos) {
    entry.phase = phase;
    busy = entry;
    busySinceNanos = nowNanos;
  }

  private Entry end(String file) {
    Entry entry = entries.get(file);
    if (entry == busy) {
      busy = null;
    }
    return entry;
  }

  private void unblock(Predicate<Entry> which) {
    for (Entry entry : entries.values()) {
      if (which.test(entry)) {
        entry.blocked = false;
      }
    }
  }

  private void complain(Entry entry, String text) {
    if (!entry.complained) {
      entry.complained = true;
      actions.add(new Action.Report(entry.file + " " + text));
    }
  }
}
