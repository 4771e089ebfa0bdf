package jiffy.runtime.proc;

import static jiffy.linux.Errno.EACCES;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Fs.FMODE_READ;
import static jiffy.linux.Fs.FMODE_WRITE;

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

  private static final String ROOT = "/proc";
  private static final int FILE_MODE = 0444;

  /** Of a file that nobody gave a mode: on Linux the superuser writes it all the same. */
  private static final int WRITABLE_MODE = 0644;

  private static final int DIRECTORY_MODE = 0555;
  private static final int OWNER_READS = 0400;
  private static final int OWNER_WRITES = 0200;

  private final Arch arch;
  private final Origins origins;
  private final Scheduler scheduler;
  private final KernelLog log;
  private final Splat splat;
  private final ModuleHold hold;
  private final ConcurrentSkipListMap<String, Entry> entries = new ConcurrentSkipListMap<>();

  /** Open files, also of names that were removed since: each holds its module. */
  private final Set<ModuleFile> pins = ConcurrentHashMap.newKeySet();

  /** Paths of the kernel's own files, and of the directories they are in. */
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
    for (int end = path.length(); end > ROOT.length(); end = path.lastIndexOf('/', end - 1)) {
      reserved.add(path.substring(0, end));
    }
  }

  @Override
  public ProcDirEntry create(
      Current current,
      String name,
      int mode,
      ProcDirEntry parent,
      ProcOps ops,
      Object data,
      Object function) {
    Origin origin = origins.of((Context) current, function);
    int usual = ops.proc_write == null ? FILE_MODE : WRITABLE_MODE;
    return register((Context) current, name, parent, mode == 0 ? usual : mode, data, ops, origin);
  }

  @Override
  public ProcDirEntry makeDirectory(
      Current current, String name, int mode, ProcDirEntry parent, Object data) {
    Origin origin = origins.of((Context) current, null);
    int permissions = mode == 0 ? DIRECTORY_MODE : mode;
    return register((Context) current, name, parent, permissions, data, null, origin);
  }

  /** {@code xlate_proc_name} and {@code proc_register}. */
  private ProcDirEntry register(
      Context context,
      String name,
      ProcDirEntry parent,
      int mode,
      Object data,
      ProcOps ops,
      Origin origin) {
    splat.mightSleep(context);
    int slash = name.lastIndexOf('/');
    String ownName = name.substring(slash + 1);
    String directory = pathOf(slash < 0 ? null : name.substring(0, slash), parent);
    Entry above = entries.get(directory);
    boolean isThere = directory.equals(ROOT) || above != null && above.isDirectory();
    if (ownName.isEmpty() || !isThere) {
      splat.warn(context, "name '" + name + "'");
      return null;
    }
    ProcDirEntry in = above == null ? null : above.struct;
    ProcDirEntry struct = new ProcDirEntry(ownName, in, mode, data, ops, origin);
    Entry entry = new Entry(arch, struct);
    if (reserved.contains(entry.path) || entries.putIfAbsent(entry.path, entry) != null) {
      splat.warn(context, "proc_dir_entry '" + entry.path + "' already registered");
      return null;
    }
    if (entry.owner().isGoing()) { // looked at last: rmmod finds it, or it is not there
      entries.remove(entry.path, entry);
      return null;
    }
    return struct;
  }

  @Override
  public void remove(Current current, String name, ProcDirEntry parent) {
    Context context = (Context) current;
    splat.mightSleep(context);
    String path = pathOf(name, parent);
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
  public int removeSubtree(Current current, String name, ProcDirEntry parent) {
    Entry entry = entries.get(pathOf(name, parent));
    if (entry == null) {
      return -ENOENT;
    }
    removeTree(current, entry.struct);
    return 0;
  }

  @Override
  public void removeTree(Current current, ProcDirEntry struct) {
    Context context = (Context) current;
    splat.mightSleep(context);
    Entry entry = entries.get(struct.__path());
    if (entry != null && entry.struct == struct) {
      below(entry.path).forEach(each -> take(context, each));
      take(context, entry);
    }
  }

  private static String pathOf(String name, ProcDirEntry parent) {
    String directory = parent == null ? ROOT : parent.__path();
    return name == null ? directory : directory + "/" + name;
  }

  private List<Entry> below(String path) {
    return List.copyOf(entries.subMap(path + "/", path + "0").values()); // '0' comes after '/'
  }

  private void take(Context context, Entry entry) {
    entries.remove(entry.path, entry);
    entry.remove();
    if (entry.isInside(context.task())) {
      log.print(
          KernelLog.WARNING,
          entry.owner().name
              + ": removing "
              + entry.path
              + " from its own function would wait for itself: it does not wait");
    }
    entry.awaitEmpty(context, Arch.NEVER);
    closeAll(context, entry);
  }

  /** {@code close_pdeo} of each who has it open. */
  private static void closeAll(Context context, Entry entry) {
    List.copyOf(entry.open()).forEach(file -> file.releaseRemoved(context));
  }

  /** {@code open}; see {@link ProcTree#open}. */
  OpenFile open(Context caller, String path, int flags) {
    Entry entry = entries.get(path);
    if (entry == null || entry.isDirectory()) {
      return OpenFile.failed(entry == null ? -ENOENT : -EISDIR);
    }
    int mode = ModuleFile.modeOf(flags);
    int needed =
        ((mode & FMODE_READ) != 0 ? OWNER_READS : 0)
            | ((mode & FMODE_WRITE) != 0 ? OWNER_WRITES : 0);
    if ((entry.struct.__mode & needed) != needed) {
      return OpenFile.failed(-EACCES);
    }
    if (!hold.tryGet(entry.owner())) {
      return OpenFile.failed(-ENOENT);
    }
    ModuleFile file = new ModuleFile(entry, caller.task(), pins, hold, log, flags);
    file.open(caller);
    return file;
  }

  /** Paths of the files; directories are not listed. */
  List<String> list() {
    return entries.values().stream().filter(e -> !e.isDirectory()).map(e -> e.path).toList();
  }

  /** Those of the directories, which there are even if no file is in them. */
  List<String> directories() {
    return entries.values().stream().filter(Entry::isDirectory).map(e -> e.path).toList();
  }

  /** The mode of a file; 0 if there is none of that path. */
  int mode(String path) {
    Entry entry = entries.get(path);
    return entry == null ? 0 : entry.struct.__mode;
  }

  /** What keeps a module from going, one a phrase: {@code open file /proc/kt by cat/97}. */
  public List<String> openOf(Owner module) {
    return pins.stream()
        .filter(file -> file.owner() == module) // not by name: an earlier load had the same
        .map(ModuleFile::toString)
        .sorted()
        .toList();
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
      if (entry.awaitEmpty(caller, until)) {
        closeAll(caller, entry);
      } else {
        log.print(
            KernelLog.ALERT,
            owner.name + ": " + entry.path + " is still being used by " + entry.inside());
      }
    }
    return left.size();
  }
}
