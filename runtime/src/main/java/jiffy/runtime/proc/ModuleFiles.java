package jiffy.runtime.proc;

import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENOENT;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import jiffy.kernel.Current;
import jiffy.kernel.FileOps;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.context.Splat;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.ProcDirEntry;
import jiffy.types.ProcOps;
import jiffy.types.TaskStruct;

/**
 * The files and directories of modules, by full path. Thread safe; no lock, so that a module that
 * overflows its stack in here leaves nothing held.
 */
public final class ModuleFiles implements FileOps, Owned {
  /** How long rmmod waits for readers who have been told to go: 5 s. */
  private static final long READER_WAIT_NANOS = 5_000_000_000L;

  private static final int DEFAULT_MODE = 0444;
  private static final int DIRECTORY_MODE = 0555;

  private final Arch arch;
  private final Origins origins;
  private final Scheduler scheduler;
  private final KernelLog log;
  private final Splat splat;
  private final ModuleHold hold;
  private final ConcurrentSkipListMap<String, Entry> entries = new ConcurrentSkipListMap<>();

  /** Paths of the kernel's own files. */
  private final Set<String> reserved = ConcurrentHashMap.newKeySet();

  /**
   * No file yet.
   *
   * @param splat warns of names that are taken, or not there
   * @param hold what an open file holds its module by
   */
  public ModuleFiles(
      Arch arch,
      Origins origins,
      Scheduler scheduler,
      KernelLog log,
      Splat splat,
      ModuleHold hold) {
    this.arch = arch;
    this.origins = origins;
    this.scheduler = scheduler;
    this.log = log;
    this.splat = splat;
    this.hold = hold;
  }

  void reserve(String path) {
    reserved.add(path);
  }

  @Override
  public ProcDirEntry create(
      Current current, String name, int mode, ProcDirEntry parent, ProcOps ops, Object data) {
    Context context = (Context) current;
    Object function = ops.proc_read != null ? ops.proc_read : ops.proc_open;
    Origin origin = origins.of(context, function);
    int permissions = mode == 0 ? DEFAULT_MODE : mode;
    return register(context, new ProcDirEntry(name, parent, permissions, data, ops, origin));
  }

  @Override
  public ProcDirEntry makeDirectory(Current current, String name, ProcDirEntry parent) {
    Context context = (Context) current;
    Origin origin = origins.of(context, null);
    return register(context, new ProcDirEntry(name, parent, DIRECTORY_MODE, null, null, origin));
  }

  /** {@code proc_register}. */
  private ProcDirEntry register(Context context, ProcDirEntry struct) {
    Entry entry = new Entry(arch, struct);
    if (struct.__name.isEmpty() || struct.__name.indexOf('/') >= 0) {
      splat.warn(context, "name '" + struct.__name + "'");
      return null;
    }
    if (entry.owner().isGoing()) {
      return null;
    }
    if (reserved.contains(entry.path) || entries.putIfAbsent(entry.path, entry) != null) {
      splat.warn(context, "proc_dir_entry '" + entry.path + "' already registered");
      return null;
    }
    return struct;
  }

  @Override
  public void remove(Current current, String name, ProcDirEntry parent) {
    Context context = (Context) current;
    String path = (parent == null ? "/proc" : parent.__path()) + "/" + name;
    Entry entry = entries.get(path);
    if (entry == null) {
      splat.warn(context, "name '" + name + "'");
      return;
    }
    List<Entry> below = below(path);
    if (!below.isEmpty()) {
      splat.warn(
          context,
          "remove_proc_entry: removing non-empty directory '"
              + path
              + "', leaking at least '"
              + below.get(0).struct.__name
              + "'");
    }
    take(context, entry);
  }

  @Override
  public void removeTree(Current current, ProcDirEntry struct) {
    Context context = (Context) current;
    Entry entry = entries.get(struct.__path());
    if (entry != null && entry.struct == struct) {
      below(entry.path).forEach(each -> take(context, each));
      take(context, entry);
    }
  }

  private List<Entry> below(String path) {
    return List.copyOf(entries.subMap(path + "/", path + "0").values()); // '0' comes after '/'
  }

  private void take(Context context, Entry entry) {
    entries.remove(entry.path, entry);
    entry.remove();
    entry.awaitEmpty(context, Arch.NEVER);
  }

  /** {@code open}; see {@link ProcTree#open}. */
  OpenFile open(Context caller, String path) {
    Entry entry = entries.get(path);
    if (entry == null || entry.isDirectory()) {
      return new Unopened(entry == null ? -ENOENT : -EISDIR);
    }
    if (!hold.tryGet(entry.owner())) {
      return new Unopened(-ENOENT);
    }
    ModuleFile file = new ModuleFile(entry, hold, log);
    file.open(caller);
    return file;
  }

  /** Paths of the files; directories are not listed. */
  List<String> list() {
    return entries.values().stream().filter(e -> !e.isDirectory()).map(e -> e.path).toList();
  }

  /** The machine halts: readers who sleep in a module's file are told to go. */
  public void hangUpReaders() {
    entries.values().forEach(this::hangUpReaders);
  }

  private void hangUpReaders(Entry entry) {
    for (TaskStruct reader : entry.inside()) {
      scheduler.signal(reader, Scheduler.SIGKILL);
    }
  }

  @Override
  public String kind() {
    return "proc file";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    return of(owner).stream()
        .map(entry -> entry.path + ", made at " + entry.struct.__origin.site)
        .toList();
  }

  private List<Entry> of(Owner owner) {
    List<Entry> found = new ArrayList<>();
    for (Entry entry : entries.values()) {
      if (entry.owner() == owner) {
        found.add(entry);
      }
    }
    return found;
  }

  @Override
  public int release(Context caller, Owner owner) {
    List<Entry> left = of(owner);
    for (Entry entry : left) {
      entries.remove(entry.path, entry);
      entry.remove();
      hangUpReaders(entry);
    }
    long until = arch.now() + READER_WAIT_NANOS;
    for (Entry entry : left) {
      if (!entry.awaitEmpty(caller, until)) {
        log.print(
            KernelLog.ALERT,
            owner.name + ": " + entry.path + " is still being read by " + entry.inside());
      }
    }
    return left.size();
  }

  /** What could not be opened. */
  private static final class Unopened implements OpenFile {
    private final int error;

    Unopened(int error) {
      this.error = error;
    }

    @Override
    public int error() {
      return error;
    }

    @Override
    public long read(Context caller, byte[] into, int count) {
      return error;
    }

    @Override
    public void close() {
      // It never was open.
    }
  }
}
