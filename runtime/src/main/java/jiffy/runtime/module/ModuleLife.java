package jiffy.runtime.module;

import static jiffy.linux.Errno.ENOEXEC;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import jiffy.linux.KernelModule;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.ModuleNames;
import jiffy.runtime.module.loader.LoaderWatch;
import jiffy.runtime.module.loader.PluginHost;
import jiffy.runtime.module.param.Param;
import jiffy.runtime.module.param.ParamLine;
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
  private final Map<String, List<String>> bootParameters = new HashMap<>();

  ModuleLife(
      KernelLog log,
      ModuleSettings settings,
      Registry registry,
      Linker linker,
      Supplier<PluginHost> host,
      Hooks hooks,
      Leftovers leftovers,
      LoaderWatch watch) {
    this.log = log;
    this.settings = settings;
    this.registry = registry;
    this.linker = linker;
    this.host = host;
    this.hooks = hooks;
    this.leftovers = leftovers;
    this.watch = watch;
    settings
        .parameters()
        .forEach((name, words) -> bootParameters.put(ModuleNames.canonical(name), words));
  }

  /**
   * From unformed to live, or to gone if something fails.
   *
   * @return 0 or what {@link Modules#insmod} returns
   */
  int begin(Context caller, LoadedModule module, List<String> words) {
    int error = link(caller, module);
    if (error == 0) {
      error = form(module);
    }
    if (error != 0) {
      module.owner.setGoing();
      drop(module);
      return error;
    }
    return bringUp(caller, module, words);
  }

  /** Imports, descriptor, loader. No code of the module runs. */
  private int link(Context caller, LoadedModule module) {
    Linker.Linkage linkage = linker.link(caller, module);
    if (linkage.error() != 0) {
      return linkage.error();
    }
    try {
      PluginWrapper wrapper =
          host.get().link(module.file, module.owner, module.copy, linkage.links());
      module.setWrapper(wrapper);
      if (wrapper.getPluginState() == PluginState.DISABLED) {
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
    } catch (RuntimeException | Error e) { // its name must not stay taken
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
    int result = hooks.run(caller, module, "init", () -> init(module, words));
    if (result < 0) {
      registry.move(module, ModuleState.GOING);
      clearAway(caller, module, "failed init");
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
    List<Param> params = new ArrayList<>();
    for (ParamSpec spec : module.file.params()) {
      params.add(Param.bind(spec, wrapper.getPluginClassLoader()));
    }
    module.setParams(params);
    int error = setParams(module, bootParameters.getOrDefault(module.name(), List.of()));
    if (error == 0) {
      error = setParams(module, words);
    }
    if (error != 0) {
      return error;
    }
    module.setInstance(PluginCalls.of(wrapper.getPlugin()));
    KernelModule.InitCall init = module.instance().initCall();
    return init == null ? 0 : init.init();
  }

  private int setParams(LoadedModule module, List<String> words) {
    return ParamLine.apply(module.name(), ParamLine.join(words), module.params(), log::print);
  }

  /** From going to gone. */
  void end(Context caller, LoadedModule module) {
    host.get().stopped(module.wrapper());
    KernelModule.ExitCall exit = module.instance().exitCall();
    if (exit != null) {
      hooks.run(
          caller,
          module,
          "exit",
          () -> {
            exit.exit();
            return 0;
          });
    }
    clearAway(caller, module, "rmmod");
  }

  private void clearAway(Context caller, LoadedModule module, String when) {
    module.owner.setGoing();
    leftovers.takeBack(caller, module.owner, when);
    ClassLoader loader = module.loader();
    drop(module);
    watch.add(module.name(), loader);
  }

  private void drop(LoadedModule module) {
    try {
      host.get().unlink(module.wrapper());
    } catch (UncheckedIOException e) {
      log.print(
          KernelLog.WARNING, module.name() + ": its JAR could not be closed: " + e.getMessage());
    }
    module.forget();
    module.copy.delete();
    registry.move(module, ModuleState.GONE);
  }
}
