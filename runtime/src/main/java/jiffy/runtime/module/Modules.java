package jiffy.runtime.module;

import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ENOMEM;

import com.google.common.base.Suppliers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import jiffy.kernel.Kernel;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Owned;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.ModuleNames;
import jiffy.runtime.module.file.PrivateCopy;
import jiffy.runtime.module.hung.HungTasks;
import jiffy.runtime.module.loader.LoaderWatch;
import jiffy.runtime.module.loader.PluginHost;
import jiffy.runtime.module.loader.StateListeners;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.runtime.proc.FileSource;
import jiffy.runtime.sched.Tasks;
import org.pf4j.PluginManager;

/**
 * The modules of a kernel: loads, lists and unloads them.
 *
 * <p>Thread safe. What loads or unloads is called in process context, by a task or an attached
 * thread; it runs the module's hooks on that task and returns when they are through. No lock is
 * held meanwhile: others load, unload and list, whatever a hook does.
 */
public final class Modules implements AutoCloseable {
  /**
   * {@code insmod --force-modversion}: taints. A symbol whose signature is another one stays an
   * error: here a signature is no checksum, but what the JVM links by.
   */
  public static final int MODULE_INIT_IGNORE_MODVERSIONS = 1;

  /** {@code insmod --force-vermagic}: whatever API the module was built for. */
  public static final int MODULE_INIT_IGNORE_VERMAGIC = 2;

  /** Where Linux puts its first module: addresses are made up, but each its own. */
  private static final long FIRST_ADDRESS = 0xffffffffc0200000L;

  private final Leftovers leftovers;
  private final Kernel kernel;
  private final KernelLog log;
  private final ModuleSettings settings;
  private final HostClasses hostClasses;
  private final LoaderWatch watch = new LoaderWatch();
  private final AtomicLong nextAddress = new AtomicLong(FIRST_ADDRESS);
  private final Registry registry;
  private final References references;
  private final Taint taint;
  private final HungTasks hungTasks;
  private final Vermagic vermagic;

  /**
   * Made at the first load: it starts PF4J's logging, which takes longer than the rest of a boot.
   */
  private final Supplier<PluginHost> host;

  private final ModuleLife life;
  private final Shutdown shutdown;
  private final SysModule files;

  /**
   * No module yet.
   *
   * @param holders who may hold objects of modules, in the order in which these are taken back:
   *     what makes others (workers) before what it makes (timers)
   */
  public Modules(
      Arch arch,
      Contexts contexts,
      Tasks tasks,
      Kernel kernel,
      KernelLog log,
      ModuleSettings settings,
      List<Owned> holders) {
    this.kernel = kernel;
    this.log = log;
    this.settings = settings;
    hostClasses =
        settings.exposed().isEmpty() && settings.weaver().isPresent()
            ? settings.weaver().get().hostClasses()
            : new HostClasses(settings.exposed());
    registry = new Registry(arch);
    taint = new Taint(log);
    vermagic = new Vermagic(settings.version(), log, taint);
    StateListeners listeners = new StateListeners(arch, log);
    host =
        Suppliers.memoize(
            () ->
                new PluginHost(
                    settings.cacheDirectory(),
                    settings.version(),
                    settings.weaver(),
                    hostClasses,
                    listeners,
                    log));
    hungTasks = new HungTasks(arch, log, settings.version(), taint::mask);
    Hooks hooks = new Hooks(arch, contexts, log, taint, hungTasks);
    files = new SysModule(registry, hooks, log);
    Linker linker = new Linker(arch, registry, log);
    references = new References(registry, log);
    List<Owned> all = new ArrayList<>(holders);
    all.add(references);
    all.add(listeners);
    leftovers = new Leftovers(all, log);
    life = new ModuleLife(log, settings, registry, linker, host, hooks, leftovers, watch, taint);
    shutdown = new Shutdown(arch, tasks, log, settings, registry, life);
    PrivateCopy.deleteAll(settings.cacheDirectory());
  }

  /**
   * {@code insmod FILE WORDS}: loads a module and runs its init.
   *
   * <p>What is wrong is said in the log, in Linux's words where it has some, and silently returned
   * where it has none: missing file, directory, empty file, name taken.
   *
   * @param caller the calling thread's context
   * @param words parameters such as {@code interval=3}
   * @return 0, or one of
   *     <ul>
   *       <li>-ENOENT: no such file, or a symbol that nobody has or that is for GPL modules only,
   *           or a plugin that it depends on is not loaded; -ESRCH: that one has another version
   *       <li>-EISDIR, -EPERM, -EIO: a file that cannot be read
   *       <li>-EINVAL: an empty file, a parameter's value that is none, or a symbol whose signature
   *           is another one
   *       <li>-ENOEXEC: no JAR, no kernel module, of a newer Java, built for another major version
   *           of the API; exports what another one does
   *       <li>-ENOMEM: not enough memory to read it
   *       <li>-ENOSPC: no room for the copy, or a value too long
   *       <li>-ERANGE: a parameter's value too large
   *       <li>-EEXIST: loaded already; -EBUSY: going, or another load of it has just failed, or the
   *           init of a module that it needs has not returned within 30 s
   *       <li>-EFAULT: init, a constructor or a static initializer threw; all that it had set up is
   *           taken back. (Linux kills insmod and keeps the module for ever.)
   *       <li>-EPERM: the machine halts
   *       <li>-ETIME: init has not returned in {@code module.init_timeout}, and was given up; all
   *           that it had set up is taken back
   *       <li>whatever negative number init returned, even below -4095
   *     </ul>
   */
  public int insmod(Context caller, Path file, List<String> words) {
    return insmod(caller, file, words, 0, module -> {});
  }

  /** As above; a module that has become live is told to {@code loaded}, before the return. */
  public int insmod(Context caller, Path file, List<String> words, Consumer<ModuleView> loaded) {
    return insmod(caller, file, words, 0, loaded);
  }

  /**
   * {@code finit_module}: as above.
   *
   * @param flags an or of {@link #MODULE_INIT_IGNORE_MODVERSIONS} and {@link
   *     #MODULE_INIT_IGNORE_VERMAGIC}; each taints the kernel F
   */
  public int insmod(
      Context caller, Path file, List<String> words, int flags, Consumer<ModuleView> loaded) {
    sayHeldLoaders();
    PrivateCopy copy;
    ModuleFile read;
    try {
      copy = PrivateCopy.of(file, settings.cacheDirectory());
      read = read(file, copy);
    } catch (BadModuleException e) {
      if (e.getMessage() != null) {
        log.print(KernelLog.ERR, e.getMessage());
      }
      return -e.errno();
    }
    int error = vermagic.check(read, flags);
    if (error != 0) {
      copy.delete();
      return error;
    }
    return insmod(caller, read, copy, words, flags, loaded);
  }

  /** The copy goes if it is not to be used. */
  private ModuleFile read(Path file, PrivateCopy copy) throws BadModuleException {
    String name = file.getFileName().toString();
    boolean isRead = false;
    try {
      ModuleFile read = ModuleFile.read(copy, name, hostClasses);
      isRead = true;
      return read;
    } catch (OutOfMemoryError e) {
      throw new BadModuleException(ENOMEM, name + ": no memory to read it: " + e.getMessage());
    } finally {
      if (!isRead) {
        copy.delete();
      }
    }
  }

  private int insmod(
      Context caller,
      ModuleFile file,
      PrivateCopy copy,
      List<String> words,
      int flags,
      Consumer<ModuleView> loaded) {
    Owner owner = new Owner(kernel, file.name());
    long address = nextAddress.getAndAdd(copy.pages());
    LoadedModule module = new LoadedModule(owner, file, copy, address);
    int error = reserve(caller, module, flags);
    if (error != 0) {
      if (error == -EBUSY && flags == 0 && registry.isZombies(file.name())) {
        log.print(
            KernelLog.ERR,
            file.name()
                + ": a zombie, whose init or exit was given up, bears this name: insmod -f loads"
                + " another copy all the same");
      }
      return error;
    }
    long forced = flags == 0 ? 0 : Taint.Flag.FORCED_MODULE.mask;
    module.setTaints(taint.addModule(file.name(), file.license()) | forced);
    file.remarks().forEach(each -> log.print(KernelLog.WARNING, file.name() + ": " + each));
    error = life.begin(caller, module, words, flags);
    if (error == 0) {
      loaded.accept(module.view());
    }
    return error;
  }

  /** The copy goes if the name is not to be had. */
  private int reserve(Context caller, LoadedModule module, int flags) {
    boolean isReserved = false;
    try {
      int error = registry.reserve(caller, module, flags != 0);
      isReserved = error == 0;
      return error;
    } finally {
      if (!isReserved) {
        module.copy.delete();
      }
    }
  }

  /**
   * {@code rmmod NAME}: runs the module's exit, takes back what is left, and forgets it.
   *
   * @param caller the calling thread's context
   * @param nameOrFile {@code kt}, {@code my-timer}, {@code build/kt-1.0.jar}
   * @param force go on although the module is permanent or in use, but for users of its symbols;
   *     taints the kernel
   * @return 0, -ENOENT: not loaded; -EBUSY: permanent, being loaded or unloaded, a zombie; -EAGAIN:
   *     in use; -ETIME: exit has not returned in {@code module.exit_timeout}, and was given up:
   *     what it has left is taken back, and the module a zombie until its thread ends
   */
  public int rmmod(Context caller, String nameOrFile, boolean force) {
    sayHeldLoaders();
    LoadedModule module = lookUp(nameOrFile);
    if (module == null || !module.state().isListed()) {
      return -ENOENT;
    }
    Registry.Verdict verdict =
        registry.beginUnload(module, force ? Registry.Force.RMMOD : Registry.Force.NONE);
    if (verdict.error() != 0) {
      return verdict.error();
    }
    if (verdict.isForced()) {
      taint.addLockdepUnreliable(Taint.Flag.FORCED_RMMOD);
    }
    return life.end(caller, module, settings.exitTimeoutNanos());
  }

  private LoadedModule lookUp(String nameOrFile) {
    LoadedModule module = registry.find(ModuleNames.canonical(nameOrFile));
    module = module != null ? module : registry.find(ModuleNames.ofFile(nameOrFile));
    return module != null ? module : registry.find(ModuleNames.ofPlugin(nameOrFile));
  }

  /** The modules that are coming, live or going; newest first. */
  public List<ModuleView> list() {
    return registry.views();
  }

  /** The module of that name, {@code -} being {@code _}; none while it is not listed. */
  public Optional<ModuleView> find(String name) {
    return registry.view(ModuleNames.canonical(name));
  }

  /** Who the module of that name is now, as {@link #list} has it; none if there is none. */
  public Optional<Owner> owner(String name) {
    return Optional.ofNullable(registry.find(name)).map(module -> module.owner);
  }

  /** {@code /proc/modules}. */
  public String procModules() {
    StringBuilder text = new StringBuilder();
    list().forEach(module -> text.append(module.procLine()).append('\n'));
    return text.toString();
  }

  /** {@code /sys/module}. */
  public FileSource files() {
    return files;
  }

  /** For an open file: keeps the module from going. False if it goes. */
  public boolean hold(Owner owner) {
    LoadedModule module = registry.loadOf(owner);
    return module != null && module.tryGet();
  }

  /** Undoes {@link #hold}. */
  public void letGo(Owner owner) {
    LoadedModule module = registry.loadOf(owner);
    if (module != null) {
      module.put();
    }
  }

  /** {@code try_module_get}, on the taker's account. False if the module goes. */
  public boolean tryGet(Owner taker, Owner owner) {
    return references.tryGet(taker, owner);
  }

  /** {@code __module_get}, on the taker's account. */
  public void get(Owner taker, Owner owner) {
    references.get(taker, owner);
  }

  /** {@code module_put}: gives back a reference, first of all one of the giver's own. */
  public void put(Owner giver, Owner owner) {
    references.put(giver, owner);
  }

  /** {@code module_refcount}; -1 for one that goes or has gone. */
  public int refcount(Owner owner) {
    LoadedModule module = registry.loadOf(owner);
    return module == null ? -1 : module.refcount();
  }

  /**
   * Who has a reference of a module but for those that link to it, one a phrase: {@code 2
   * references of its own}, {@code 1 reference of ktuser}. Open files are {@code ModuleFiles}' to
   * name.
   *
   * @param name as {@link #list} has it; none of that name: nobody
   */
  public List<String> takers(String name) {
    LoadedModule module = registry.find(name);
    if (module == null) {
      return List.of();
    }
    List<String> phrases = new ArrayList<>(references.of(module));
    Context hook = module.hook();
    if (hook != null) {
      phrases.add(
          switch (module.state()) {
            case COMING -> "its init, which runs in " + hook;
            case ZOMBIE -> "its thread " + hook + ", which was given up and computes on";
            default -> "its exit, which runs in " + hook;
          });
    }
    return phrases;
  }

  /**
   * What somebody has of the kernel now: timers, works, files, kernel threads and the like, one
   * line each, with where it was set up.
   *
   * @param owner a module, or {@link Owner#CORE} for what no module set up
   */
  public List<String> heldBy(Owner owner) {
    return leftovers.heldBy(owner);
  }

  /** What is said of hooks that do not return. */
  public HungTasks hungTasks() {
    return hungTasks;
  }

  /** What the kernel was made to bear. */
  public Taint taint() {
    return taint;
  }

  /** {@code /proc/sys/kernel/tainted}. */
  public long tainted() {
    return taint.mask();
  }

  /**
   * The modules whose loader was closed, oldest first, and whether it was collected; those that
   * were are remembered only for a while.
   */
  public List<UnloadedLoader> unloadedLoaders() {
    sayHeldLoaders();
    return watch.unloaded();
  }

  private void sayHeldLoaders() {
    for (String module : watch.newlyHeld()) {
      log.print(
          KernelLog.WARNING,
          module
              + ": unloaded, but its classes are still held: something outside the module refers to"
              + " them (a thread it made, a listener it left in a library)");
    }
  }

  /**
   * The modules as PF4J's plugins, for an embedder that asks them for their extensions. It tells;
   * what would load or unload is refused with a sentence. Extensions are made on the asking thread:
   * one that calls the kernel must be attached.
   */
  public PluginManager pluginManager() {
    return host.get();
  }

  /** Unloads everything, as {@link Shutdown} tells. No module is loaded any more. By any thread. */
  @Override
  public void close() {
    registry.close();
    shutdown.run();
  }
}
