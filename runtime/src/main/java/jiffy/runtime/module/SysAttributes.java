package jiffy.runtime.module;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EPERM;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.param.ParamSpec;
import jiffy.runtime.sched.Task;

/**
 * The files of a module's directory, holders apart: what each reads, and what a write does. Thread
 * safe; keeps nothing of a module.
 */
final class SysAttributes {
  /** Makes the text of a file. */
  @FunctionalInterface
  interface Show {
    /**
     * @return how many bytes of it count, or a negative errno
     */
    int show(Context caller, LoadedModule module, StringBuilder text);
  }

  /** Takes what is written. */
  @FunctionalInterface
  interface Store {
    /**
     * @return 0: all of it is taken; how many bytes are; a negative errno
     */
    int store(Context caller, LoadedModule module, String text);
  }

  /**
   * A file.
   *
   * @param name below the module's directory
   */
  record Attribute(String name, int mode, Show show, Store store) {}

  private static final int READ_ONLY = 0444;
  private static final int WRITE_ONLY = 0200;
  private static final int OWNER_READS = 0400;

  /** {@code kobject_actions}. */
  private static final Set<String> UEVENTS =
      Set.of("add", "remove", "change", "move", "online", "offline", "bind", "unbind");

  private static final Pattern BLANK = Pattern.compile("[ \n]");

  private static final Store READ_ONLY_STORE = (caller, module, text) -> -EPERM;

  private static final List<Attribute> OF_EVERY_MODULE =
      List.of(
          line("coresize", READ_ONLY, module -> Long.toString(module.view().size())),
          line("initsize", READ_ONLY, module -> "0"), // Linux, too, has freed it by then
          line("initstate", READ_ONLY, module -> module.state().initstate()),
          line("refcnt", READ_ONLY, module -> Integer.toString(module.refcount())),
          line(
              "sections/.text",
              OWNER_READS,
              module -> String.format(Locale.ROOT, "0x%016x", module.address)),
          line("taint", READ_ONLY, module -> module.view().taints()));

  private final Hooks hooks;
  private final KernelLog log;

  SysAttributes(Hooks hooks, KernelLog log) {
    this.hooks = hooks;
    this.log = log;
  }

  private static Attribute line(String name, int mode, Function<LoadedModule, String> text) {
    return new Attribute(
        name, mode, (caller, module, into) -> append(into, text.apply(module)), READ_ONLY_STORE);
  }

  private static int append(StringBuilder into, String line) {
    into.append(line).append('\n');
    return into.length(); // ASCII, all of them
  }

  /** Those that a module has now. */
  List<Attribute> of(LoadedModule module) {
    List<Attribute> all = new ArrayList<>(OF_EVERY_MODULE);
    all.add(new Attribute("uevent", WRITE_ONLY, (caller, of, into) -> -EPERM, this::storeUevent));
    if (!module.file.version().isEmpty()) {
      all.add(line("version", READ_ONLY, of -> of.file.version()));
    }
    if (module.file.modinfo().srcversion() != null) {
      all.add(line("srcversion", READ_ONLY, of -> of.file.modinfo().srcversion()));
    }
    if (module.params.isShown()) {
      for (ParamSpec spec : module.file.params()) {
        if (spec.perm() != 0) {
          all.add(parameter(spec));
        }
      }
    }
    return all;
  }

  /** {@code kobject_synth_uevent}: there is nobody who listens, so checking is all. */
  private int storeUevent(Context caller, LoadedModule module, String text) {
    if (UEVENTS.contains(BLANK.split(text, 2)[0])) {
      return 0;
    }
    log.print(
        KernelLog.WARNING,
        "synth uevent: /module/" + module.name() + ": unknown uevent action string");
    return -EINVAL;
  }

  private Attribute parameter(ParamSpec spec) {
    return new Attribute(
        "parameters/" + spec.name(),
        spec.perm(),
        (caller, module, into) -> run(caller, module, spec, () -> module.params.get(spec, into)),
        (caller, module, text) -> run(caller, module, spec, () -> module.params.set(spec, text)));
  }

  /**
   * A callback is code of the module, and runs as its init does. The types' own functions are not:
   * nothing but a bug of this kernel's makes them throw.
   */
  private int run(Context caller, LoadedModule module, ParamSpec spec, Task.Body body) {
    if (!spec.ops().isEmpty()) {
      return hooks.callBack(caller, module, "parameter " + spec.name(), Hooks.NEVER, body);
    }
    try {
      return body.run();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(spec.name() + " cannot be set or read", e);
    }
  }
}
