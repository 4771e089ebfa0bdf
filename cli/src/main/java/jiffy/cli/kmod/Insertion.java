package jiffy.cli.kmod;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jiffy.cli.kmod.Console.Level;
import jiffy.cli.kmod.LoadPlan.Step;
import jiffy.cli.kmod.Order.Option;
import jiffy.cli.kmod.config.ModprobeConfig;
import jiffy.cli.kmod.config.Words;
import jiffy.cli.kmod.index.Names;
import jiffy.linux.Errno;

/** Loads one module with all it needs: {@code kmod_module_probe_insert_module}. One run. */
final class Insertion {
  private final Setting setting;
  private final Order order;
  private final Target wanted;
  private final List<String> words;

  /** Whether the user named a file, which may call its module otherwise. */
  private final boolean isFile;

  /**
   * Of that module.
   *
   * @param words parameters for it, such as {@code interval=3}; what it needs gets none
   */
  Insertion(Setting setting, Order order, Target wanted, List<String> words) {
    this(setting, order, wanted, words, false);
  }

  private Insertion(
      Setting setting, Order order, Target wanted, List<String> words, boolean isFile) {
    this.setting = setting;
    this.order = order;
    this.wanted = wanted;
    this.words = words;
    this.isFile = isFile;
  }

  /** Does it. @return the exit status */
  int run() throws StoppedException {
    boolean looksAtLoaded = !order.has(Option.SHOW_DEPENDS);
    if (looksAtLoaded && isInKernel(wanted)) {
      return alreadyThere();
    }
    boolean isAlias = wanted.alias() != null;
    if (setting.config().isBlacklisted(wanted.name())
        && (isAlias || order.has(Option.USE_BLACKLIST))) {
      if (order.has(Option.VERBOSE)) {
        String by = isAlias ? " by its alias " + wanted.alias() : "";
        setting
            .console()
            .say(Level.NOTICE, "module " + wanted.name() + " is blacklisted: not loaded" + by);
      }
      return 0;
    }
    boolean ignoresCommand = order.has(Option.IGNORE_COMMANDS);
    List<Step> steps = LoadPlan.of(setting.lookup(), setting.config(), wanted, ignoresCommand);
    for (Step step : steps) {
      Optional<ModprobeConfig.Forbid> forbid = setting.config().forbidden(step.module().name());
      if (forbid.isPresent() && step.isRequired() && !isInKernel(step.module())) {
        return refuse(step, forbid.get());
      }
    }
    for (Step step : steps) {
      int status = take(step, looksAtLoaded);
      if (status != 0) {
        return status;
      }
    }
    return 0;
  }

  /**
   * {@code kmod_module_is_inkernel}. Of one that is coming, going or a zombie the kernel is asked:
   * it waits for it, or says why not.
   */
  private boolean isInKernel(Target module) {
    return module.isBuiltin()
        || setting.isLive(module.name())
        || module == wanted && isFile && setting.isLive(OwnWords.name(module.path()).orElse(""));
  }

  private int alreadyThere() throws StoppedException {
    if (order.has(Option.FIRST_TIME)) {
      return fail(-Errno.EEXIST, true);
    }
    if (!words.isEmpty() && !order.isDry()) {
      setting
          .console()
          .say(
              Level.WARNING,
              "module "
                  + wanted.name()
                  + " is "
                  + (wanted.isBuiltin() ? "builtin" : "already loaded")
                  + ": '"
                  + String.join(" ", words)
                  + "' had no effect; see /sys/module/"
                  + wanted.name()
                  + "/parameters");
    }
    return 0;
  }

  /** Before anything is loaded: half of what a module needs is of no use. */
  private int refuse(Step step, ModprobeConfig.Forbid forbid) throws StoppedException {
    String name = step.module().name();
    String who = name.equals(wanted.name()) ? "" : "it needs " + name + ", which is ";
    String why = forbid.reason().isEmpty() ? "" : ": " + forbid.reason();
    setting
        .console()
        .say(
            Level.ERROR,
            "could not insert '"
                + wanted.name()
                + "': "
                + who
                + "forbidden by "
                + forbid.place()
                + why);
    return 1;
  }

  private int take(Step step, boolean looksAtLoaded) throws StoppedException {
    Target module = step.module();
    boolean isForbidden = setting.config().forbidden(module.name()).isPresent();
    if (isForbidden || looksAtLoaded && isInKernel(module)) {
      return 0;
    }
    boolean isWanted = module == wanted;
    Parameters parameters = new Parameters(setting.config(), module, isWanted ? words : List.of());
    if (order.isShown()) {
      show(step, parameters);
    }
    if (order.isDry()) {
      return 0;
    }
    int error =
        step.command().isPresent()
            ? setting.commands().install(module.name(), step.command().get(), parameters.line())
            : insert(module, parameters);
    // Somebody was faster, if it is there; else its init has returned that.
    boolean isThere = error == -Errno.EEXIST && isInKernel(module);
    if (error >= 0 || isThere && !(isWanted && order.has(Option.FIRST_TIME))) {
      return 0;
    }
    return step.isRequired() ? fail(module, error, isThere) : 0;
  }

  private void show(Step step, Parameters parameters) throws StoppedException {
    Target module = step.module();
    if (module.isBuiltin()) {
      setting.console().print("builtin " + module.name());
    } else if (step.command().isPresent()) {
      setting.console().print("install " + step.command().get() + " " + parameters.line());
    } else if (module.path() != null) {
      setting.console().print("insmod " + module.path() + " " + parameters.line());
    }
  }

  private int insert(Target module, Parameters parameters) throws StoppedException {
    if (module.path() == null) {
      setting.console().say(Level.ERROR, "could not find module by name='" + module.name() + "'");
      return -Errno.ENOENT;
    }
    return setting.kernel().insert(module.path(), parameters.forKernel(), order.flags());
  }

  private int fail(Target module, int error, boolean isThere) throws StoppedException {
    int status = fail(error, isThere);
    if (module != wanted) {
      setting
          .console()
          .say(Level.NOTICE, "it needs " + module.name() + ", which could not be inserted");
    }
    if (error == -Errno.ENOENT && module.path() != null) {
      for (String line : UnknownSymbols.of(setting, module.path())) {
        setting.console().say(Level.NOTICE, line);
      }
    }
    return status;
  }

  private int fail(int error, boolean isThere) throws StoppedException {
    String reason =
        switch (-error) {
          case Errno.EEXIST ->
              isThere ? "Module already in kernel" : setting.kernel().reason(-error);
          case Errno.ENOENT -> "Unknown symbol in module, or unknown parameter (see dmesg)";
          default -> setting.kernel().reason(-error);
        };
    setting.console().say(Level.ERROR, "could not insert '" + wanted.name() + "': " + reason);
    return 1;
  }

  /** The parameters of one module: those of the configuration, then the user's. */
  private record Parameters(List<ModprobeConfig.Options> configured, String given) {
    Parameters(ModprobeConfig config, Target module, List<String> words) {
      this(configured(config, module), String.join(" ", words));
    }

    private static List<ModprobeConfig.Options> configured(ModprobeConfig config, Target module) {
      List<ModprobeConfig.Options> all = new ArrayList<>(config.options(module.name()));
      if (module.alias() != null && !module.alias().equals(module.name())) {
        all.addAll(config.options(module.alias()));
      }
      return all;
    }

    /** As kmod prints it: configured ones end in a blank. */
    String line() {
      StringBuilder line = new StringBuilder();
      configured.forEach(each -> line.append(each.text()).append(' '));
      return line.append(given).toString();
    }

    /**
     * The kernel gives a module the boot line's parameters itself, before all others. So they are
     * not said again, and nothing that the boot line says is said otherwise by a file: the result
     * is the one of kmod, where the boot line comes after the files.
     */
    List<String> forKernel() {
      Set<String> booted = new HashSet<>();
      List<String> words = new ArrayList<>();
      for (ModprobeConfig.Options each : configured) {
        List<String> parameters = Words.parameters(each.text());
        if (each.isFromBootLine()) {
          parameters.forEach(word -> booted.add(name(word)));
        } else {
          words.addAll(parameters);
        }
      }
      words.removeIf(word -> booted.contains(name(word)));
      words.addAll(Words.parameters(given));
      return words;
    }

    private static String name(String word) {
      return Names.module(word.split("=", 2)[0]);
    }
  }

  /** A file that a user named. @return the exit status */
  static int ofFile(Setting setting, Order order, Path file, List<String> words)
      throws StoppedException {
    return new Insertion(setting, order, setting.lookup().file(file), words, true).run();
  }
}
