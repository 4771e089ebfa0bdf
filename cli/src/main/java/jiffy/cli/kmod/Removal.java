package jiffy.cli.kmod;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import jiffy.cli.kmod.Console.Level;
import jiffy.cli.kmod.Order.Option;
import jiffy.cli.kmod.config.SoftDep;
import jiffy.linux.Errno;

/**
 * Unloads modules, each with what only it needed: {@code rmmod_do_module}. One run.
 *
 * <pre>
 *   soft dependencies after M, the last first
 *   with --remove-holders, the modules that use M
 *   M, if nobody uses it any more; with -w it is waited for
 *   each module that M needed and that nobody uses now
 *   soft dependencies before M, the last first
 * </pre>
 *
 * <p>Only the failure of M, or of one that uses it, is a failure.
 */
final class Removal {
  private final Setting setting;
  private final Order order;

  /** What is being removed just now: against loops of soft dependencies. */
  private final Set<String> begun = new HashSet<>();

  /** What a dry run has pretended to remove. */
  private final Set<String> pretended = new HashSet<>();

  Removal(Setting setting, Order order) {
    this.setting = setting;
    this.order = order;
  }

  /** Unloads a module that the user named. @return the exit status */
  int run(Target module) throws StoppedException {
    return remove(module, true);
  }

  private Optional<ModuleKernel.Loaded> find(String name) {
    return setting.loaded(name).filter(module -> !pretended.contains(module.name()));
  }

  /**
   * Unloads one.
   *
   * @param tells whether a failure is the user's concern
   */
  private int remove(Target module, boolean tells) throws StoppedException {
    String name = module.name();
    if (!begun.add(name)) {
      return 0;
    }
    try {
      return removeWithOthers(module, tells);
    } finally {
      begun.remove(name);
    }
  }

  private int removeWithOthers(Target module, boolean tells) throws StoppedException {
    String name = module.name();
    if (module.isBuiltin()) {
      return tells ? say("Module " + name + " is builtin.") : 1;
    }
    if (find(name).isEmpty()) {
      boolean isFailure = order.has(Option.FIRST_TIME);
      return isFailure && tells ? say("Module " + name + " is not in kernel.") : 0;
    }
    SoftDep soft = setting.config().softdep(name);
    removeSoftly(soft.post());
    if (order.has(Option.REMOVE_HOLDERS)) {
      for (String holder : find(name).map(ModuleKernel.Loaded::holders).orElse(List.of())) {
        int status = remove(target(holder), true);
        if (status != 0) {
          return status;
        }
      }
    }
    int status = removeItself(name, tells);
    if (status == 0) {
      removeUnused(module.dependencies());
      removeSoftly(soft.pre());
    }
    return status;
  }

  /** Of the tree's modules the one that is called that once it is loaded. */
  private Target target(String loaded) {
    return setting.lookup().find(loaded).stream()
        .filter(each -> find(each.name()).filter(it -> it.name().equals(loaded)).isPresent())
        .findFirst()
        .orElseGet(() -> setting.lookup().module(loaded));
  }

  private void removeSoftly(List<String> names) throws StoppedException {
    List<String> reversed = new ArrayList<>(names);
    Collections.reverse(reversed);
    for (String name : reversed) {
      for (Target each : setting.lookup().find(name)) {
        if (find(each.name()).isPresent()) {
          remove(each, false);
        }
      }
    }
  }

  /** The nearest first: what that one needed is unused once it has gone. */
  private void removeUnused(List<String> dependencies) throws StoppedException {
    List<String> nearestFirst = new ArrayList<>(dependencies);
    Collections.reverse(nearestFirst);
    for (String name : nearestFirst) {
      if (find(name).filter(loaded -> uses(loaded) == 0).isPresent()) {
        remove(setting.lookup().module(name), false);
      }
    }
  }

  private int uses(ModuleKernel.Loaded module) {
    long gone = module.holders().stream().filter(pretended::contains).count();
    return module.references() - (int) gone;
  }

  private int removeItself(String fileName, boolean tells) throws StoppedException {
    boolean ignoresCommand = order.has(Option.IGNORE_COMMANDS);
    Optional<String> command =
        ignoresCommand ? Optional.empty() : setting.config().remove(fileName);
    boolean waits = order.waitMillis() > 0;
    Optional<ModuleKernel.Loaded> loaded = find(fileName);
    String name = loaded.map(ModuleKernel.Loaded::name).orElse(fileName);
    boolean isUsed = loaded.filter(module -> uses(module) > 0).isPresent();
    if (isUsed && command.isEmpty() && !waits && !order.has(Option.FORCE)) {
      return tells ? sayInUse(name) : 1;
    }
    if (order.isShown()) {
      setting.console().print(command.map(text -> "remove " + text).orElse("rmmod " + name));
    }
    if (order.isDry()) {
      pretended.add(name);
      return 0;
    }
    if (command.isPresent()) {
      return setting.commands().remove(name, command.get()) == 0 ? 0 : 1;
    }
    return unload(name, tells);
  }

  private int unload(String name, boolean tells) throws StoppedException {
    int error = setting.kernel().remove(name, order.has(Option.FORCE));
    BackOff backOff = new BackOff(order.waitMillis());
    for (int pause = backOff.next(); error == -Errno.EAGAIN && pause > 0; pause = backOff.next()) {
      if (!setting.kernel().pause(pause)) {
        break;
      }
      error = setting.kernel().remove(name, order.has(Option.FORCE));
    }
    if (error == 0 || error == -Errno.ENOENT && !order.has(Option.FIRST_TIME)) {
      return 0; // or somebody was faster
    }
    if (tells) {
      String reason = setting.kernel().reason(-error);
      setting.console().say(Level.ERROR, "could not remove '" + name + "': " + reason);
      sayUsers(name, error == -Errno.EAGAIN);
      if (error == -Errno.EBUSY && !order.has(Option.FORCE) && setting.kernel().isPermanent(name)) {
        String wayOut = "'modprobe -r -f " + name + "' removes it";
        setting.console().say(Level.NOTICE, name + " has an init function and no exit: " + wayOut);
      }
    }
    return 1;
  }

  private int sayInUse(String name) throws StoppedException {
    say("Module " + name + " is in use.");
    return sayUsers(name, true);
  }

  private int sayUsers(String name, boolean withModules) throws StoppedException {
    ModuleKernel.Loaded module = find(name).orElse(null);
    if (module != null) {
      List<String> users = new ArrayList<>();
      if (withModules && !module.holders().isEmpty()) {
        users.add("module " + String.join(", ", module.holders()));
      }
      users.addAll(module.users());
      for (String user : users) {
        setting.console().say(Level.NOTICE, name + " is held by " + user);
      }
    }
    return 1;
  }

  private int say(String text) throws StoppedException {
    setting.console().say(order.has(Option.ALL) ? Level.WARNING : Level.FATAL, text);
    return 1;
  }
}
