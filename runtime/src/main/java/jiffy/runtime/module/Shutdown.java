package jiffy.runtime.module;

import java.util.Locale;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.runtime.sched.Tasks;

/**
 * Unloads everything, newest first, when the machine halts: each exit on a task of its own, for
 * which this waits no longer than the settings say, nor for all together longer than for a few of
 * that; so one that hangs costs no other one its exit. What hangs is named and left as it is.
 */
final class Shutdown {
  /** So many exits may take as long as one may. */
  private static final int PATIENT_EXITS = 2;

  /** After that, each may still take this part of the time: 0.1 s of 5 s. */
  private static final int IMPATIENCE = 50;

  private final Arch arch;
  private final Tasks tasks;
  private final KernelLog log;
  private final ModuleSettings settings;
  private final Registry registry;
  private final ModuleLife life;

  Shutdown(
      Arch arch,
      Tasks tasks,
      KernelLog log,
      ModuleSettings settings,
      Registry registry,
      ModuleLife life) {
    this.arch = arch;
    this.tasks = tasks;
    this.log = log;
    this.settings = settings;
    this.registry = registry;
    this.life = life;
  }

  void run() {
    long patience = PATIENT_EXITS * settings.haltTimeoutNanos();
    try (Attachment here = tasks.attach("halt")) {
      for (LoadedModule module : registry.newestFirst()) {
        long start = arch.now();
        halt(here.context(), module, patience);
        patience -= arch.now() - start;
      }
    }
  }

  private void halt(Context caller, LoadedModule module, long patience) {
    if (registry.beginUnload(module, Registry.Force.HALT).error() != 0) {
      log.print(
          KernelLog.WARNING,
          module.name() + ": " + module.state().initstate() + " at shutdown: left as it is");
      return;
    }
    Task task =
        tasks.spawn("rmmod", Owner.CORE, () -> life.end((Context) Current.get(), module, 0));
    long most = settings.haltTimeoutNanos();
    long wait = Math.max(most / IMPATIENCE, Math.min(most, patience));
    if (!task.join(caller, arch.now() + wait)) {
      log.print(
          KernelLog.ALERT,
          String.format(
              Locale.ROOT,
              "%s: exit has not returned after %d ms at shutdown: task %s is left to itself",
              module.name(),
              wait / 1_000_000,
              task.struct));
      printStackOf(module);
    }
  }

  private void printStackOf(LoadedModule module) {
    Context context = module.hook();
    Thread thread = context == null ? null : context.thread.javaThread();
    if (thread != null) {
      Oops.printStack(log, module.name(), thread.getStackTrace());
    }
  }
}
