package jiffy.runtime.module;

import static jiffy.linux.Errno.ENOEXEC;
import static jiffy.linux.Errno.ETIME;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import jiffy.linux.KernelModule;
import jiffy.runtime.arch.Expelled;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.ModuleNames;
import jiffy.runtime.module.loader.LoaderWatch;
import jiffy.runtime.module.loader.PluginHost;
import jiffy.runtime.module.param.Param;
import jiffy.runtime.module.param.ParamLine;
import jiffy.runtime.module.param.ParamSet;
import jiffy.runtime.module.param.ParamSpec;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/**
 * How a module comes up and how it goes: {@code load_module} and {@code free_module}.
 *
 * <p>Thread safe: a module is brought up by one task and taken down by one, which {@link Registry}
 * sees to; different ones at the same time.
 */
final class ModuleLife {
  private final KernelLog log;
  private final ModuleSettings settings;
  private final Registry registry;
  private final Linker linker;
  private final Supplier<PluginHost> host;
  private final Hooks hooks;
  private final Leftovers leftovers;
  private final LoaderWatch watch;
  private final Taint taint;
  private final Map<String, List<String>> bootParameters = new HashMap<>();

  ModuleLife(
      KernelLog log,
      ModuleSettings settings,
      Registry registry,
      Linker linker,
      Supplier<PluginHost> host,
      Hooks hooks,
      Leftovers leftovers,
      LoaderWatch watch,
      Taint taint) {
    this.log = log;
    this.settings = settings;
    this.registry = registry;
    this.linker = linker;
    this.host = host;
    this.hooks = hooks;
    this.leftovers = leftovers;
    this.watch = watch;
    this.taint = taint;
    settings
        .parameters()
        .forEach((name, words) -> bootParameters.put(ModuleNames.canonical(name), words));
  }

  /**
   * From unformed to live, or to gone if something fails.
   *
   * @param flags of {@link Modules#insmod}
   * @return 0 or what {@link Modules#insmod} returns
   */
  int begin(Context caller, LoadedModule module, List<String> words, int flags) {
    int error;
    try {
      error = link(caller, module, flags);
      if (error == 0) {
        error = form(module);
      }
    } catch (SimHalt e) { // nobody will look at it any more
      throw e;
    } catch (Expelled e) { // its name must not stay taken
      module.owner.setGoing();
      drop(module);
      throw e;
    } catch (RuntimeException | Error e) { // nor by this
      log.print(KernelLog.ERR, module.name() + ": cannot be linked: " + e);
      error = -ENOEXEC;
    }
    if (error != 0) {
      module.owner.setGoing();
      drop(module);
      return error;
    }
    return bringUp(caller, module, words);
  }

  /** Imports, descriptor, loader. No code of the module runs. */
  private int link(Context caller, LoadedModule module, int flags) {
    Linker.Linkage linkage = linker.link(caller, module);
    if (linkage.error() != 0) {
      return linkage.error();
    }
    try {
      PluginWrapper wrapper =
          host.get().link(module.file, module.owner, module.copy, linkage.links());
      module.setWrapper(wrapper);
      boolean isForced = (flags & Modules.MODULE_INIT_IGNORE_VERMAGIC) != 0;
      if (wrapper.getPluginState() == PluginState.DISABLED && !isForced) {
        log.print(
            KernelLog.ERR,
            module.name()
                + ": version magic '"
                + settings.version()
                + "' should be '"
                + module.file.requires()
                + "'");
        return -ENOEXEC;
      }
      return 0;
    } catch (RuntimeException e) {
      log.print(KernelLog.ERR, module.name() + ": PF4J refuses it: " + e);
      return -ENOEXEC;
    }
  }

  /** Its symbols are there, and it is coming. */
  private int form(LoadedModule module) {
    SymbolTable.Symbol duplicate = registry.form(module);
    if (duplicate == null) {
      return 0;
    }
    log.print(
        KernelLog.ERR,
        module.name()
            + ": exports duplicate symbol "
            + duplicate.export().member()
            + " (owned by "
            + duplicate.module().name()
            + ")");
    return -ENOEXEC;
  }

  private int bringUp(Context caller, LoadedModule module, List<String> words) {
    int result =
        hooks.run(
            caller,
            module,
            "init",
            settings.initTimeoutNanos(),
            () -> init(module, words),
            () -> bury(module));
    if (result == Hooks.GIVEN_UP) {
      abandon(caller, module, "hung init");
      return -ETIME;
    }
    if (result < 0) {
      registry.move(module, ModuleState.GOING);
      clearAway(caller, module, "failed init", settings.exitTimeoutNanos());
      return result;
    }
    if (result > 0) {
      log.print(
          KernelLog.WARNING,
          String.format(
              Locale.ROOT,
              "do_init_module: '%s'->init suspiciously returned %d, it should follow 0/-E"
                  + " convention\ndo_init_module: loading module anyway...",
              module.name(),
              result));
    }
    host.get().started(module.wrapper());
    module.put(); // before it is live: an rmmod that sees it live finds no reference of ours
    registry.move(module, ModuleState.LIVE);
    return 0;
  }

  /** Static initializers, parameters, constructor, init: on the calling task, for the module. */
  private int init(LoadedModule module, List<String> words) throws Throwable {
    PluginWrapper wrapper = module.wrapper();
    Class.forName(module.file.className(), true, wrapper.getPluginClassLoader());
    int error = setParams(module, words);
    if (error != 0) {
      return error;
    }
    module.setInstance(PluginCalls.of(wrapper.getPlugin()));
    KernelModule.InitCall init = module.instance().initCall();
    return init == null ? 0 : init.init();
  }

  private int setParams(LoadedModule module, List<String> words) throws Throwable {
    List<Param> params = new ArrayList<>();
    for (ParamSpec spec : module.file.params()) {
      params.add(Param.bind(spec, module.loader()));
    }
    module.params.bind(params);
    String first = ParamLine.join(bootParameters.getOrDefault(module.name(), List.of()));
    int error = module.params.apply(module.name(), first, log::print);
    if (error == 0) {
      error = module.params.apply(module.name(), ParamLine.join(words), log::print);
    }
    if (error == 0) {
      module.params.show();
    }
    return error;
  }

  /**
   * From going to gone, or to zombie.
   *
   * @param exitTimeoutNanos how long it waits for exit; 0: for ever
   * @return 0; -ETIME: a zombie
   */
  int end(Context caller, LoadedModule module, long exitTimeoutNanos) {
    host.get().stopped(module.wrapper());
    KernelModule.ExitCall exit = module.instance().exitCall();
    int result = 0;
    if (exit != null) {
      result =
          hooks.run(
              caller,
              module,
              "exit",
              exitTimeoutNanos,
              () -> {
                exit.exit();
                return 0;
              },
              () -> bury(module));
    }
    if (result == Hooks.GIVEN_UP) {
      abandon(caller, module, "hung exit");
      return -ETIME;
    }
    clearAway(caller, module, "rmmod", exitTimeoutNanos);
    return 0;
  }

  /** Takes all from a module whose hook was given up, but for the thread that this runs on. */
  private void abandon(Context caller, LoadedModule module, String when) {
    module.abandonParams(caller);
    module.owner.setGoing();
    taint.addLockdepUnreliable(Taint.Flag.FORCED_RMMOD);
    module.setTaints(module.taints() | Taint.Flag.FORCED_RMMOD.mask);
    leftovers.takeBack(caller, module.owner, when);
    leftovers.expel(module.owner);
    ClassLoader loader = module.loader();
    unlink(module);
    module.forget();
    registry.giveUp(module);
    watch.add(module.name(), loader);
    bury(module);
  }

  /** By who gave a hook up, and by the hook should it end; the second makes it gone. */
  private void bury(LoadedModule module) {
    if (module.isLastMourner()) {
      module.copy.delete();
      registry.move(module, ModuleState.GONE);
    }
  }

  private void clearAway(Context caller, LoadedModule module, String when, long freeTimeoutNanos) {
    closeParams(caller, module, when, freeTimeoutNanos);
    module.owner.setGoing();
    leftovers.takeBack(caller, module.owner, when);
    ClassLoader loader = module.loader();
    drop(module);
    watch.add(module.name(), loader);
  }

  /** No callback of a parameter runs any more; its {@code free} does, last. */
  private void closeParams(
      Context caller, LoadedModule module, String when, long freeTimeoutNanos) {
    Optional<List<Param>> closed = module.params.close();
    if (closed.isEmpty()) {
      log.print(
          KernelLog.ALERT,
          String.format(
              Locale.ROOT,
              "%s: %s: kernel_param_lock is not given back after %d ms, held by %s: the parameters"
                  + " are given up, and not freed",
              module.name(),
              when,
              ParamSet.CLOSE_WAIT_MSECS,
              hooks.holder(module.owner.paramLock)));
      module.abandonParams(caller);
      return;
    }
    for (Param param : closed.get()) {
      if (param.hasFree()) {
        hooks.callBack(
            caller,
            module,
            "free of " + param.spec.name(),
            freeTimeoutNanos,
            () -> {
              param.free();
              return 0;
            });
      }
    }
  }

  private void unlink(LoadedModule module) {
    try {
      host.get().unlink(module.wrapper());
    } catch (UncheckedIOException e) {
      log.print(
          KernelLog.WARNING, module.name() + ": its JAR could not be closed: " + e.getMessage());
    }
  }

  private void drop(LoadedModule module) {
    unlink(module);
    module.forget();
    module.copy.delete();
    registry.move(module, ModuleState.GONE);
  }
}
