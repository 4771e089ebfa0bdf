package jiffy.runtime;

import java.util.Locale;
import jiffy.runtime.irq.IrqLines;
import jiffy.runtime.irq.Softirqs;
import jiffy.runtime.module.Modules;
import jiffy.runtime.module.Taint;
import jiffy.runtime.module.hung.HungTasks;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.runtime.printk.LogLevels;
import jiffy.runtime.printk.PrintkSettings;
import jiffy.runtime.proc.ProcTree;
import jiffy.runtime.proc.sysctl.Numbers;
import jiffy.runtime.proc.sysctl.Setting;
import jiffy.runtime.proc.sysctl.Sysctls;
import jiffy.runtime.time.JiffiesClock;

/** The kernel's own files under /proc: what each says, as text. */
final class KernelFiles {
  /** Bits of the taint mask that mean something. */
  private static final int TAINT_FLAGS_COUNT = 19;

  private KernelFiles() {}

  /** Registers them all, at boot. */
  static void register(
      ProcTree proc,
      BootParameters parameters,
      JiffiesClock clock,
      Softirqs softirqs,
      IrqLines irqs,
      Modules modules,
      LogLevels levels,
      PrintkSettings settings) {
    proc.register("/proc/version", () -> version() + "\n");
    proc.register("/proc/cmdline", () -> parameters.commandLine() + "\n");
    proc.register("/proc/uptime", () -> uptime(clock, parameters.nrCpus()));
    proc.register("/proc/softirqs", softirqs::table);
    proc.register("/proc/interrupts", irqs::table);
    proc.register("/proc/modules", modules::procModules);
    proc.register("/proc/jiffy/unloaded", () -> unloaded(modules));
    Sysctls sysctls = new Sysctls();
    sysctls.register("kernel/tainted", tainted(modules.taint()));
    HungTasks hung = modules.hungTasks();
    sysctls.register(
        "kernel/hung_task_timeout_secs",
        Numbers.one(0, Integer.MAX_VALUE, hung::timeoutSecs, hung::setTimeoutSecs));
    sysctls.register(
        "kernel/hung_task_warnings",
        Numbers.one(-1, Integer.MAX_VALUE, hung::warnings, hung::setWarnings));
    PrintkSysctls.register(sysctls, parameters.hz(), levels, settings);
    proc.register(sysctls);
  }

  /** The text of /proc/version, without its newline: Jiffy, the JVM, the host. */
  static String version() {
    return "Jiffy version "
        + Version.JIFFY
        + " ("
        + Runtime.version()
        + ", "
        + System.getProperty("os.name")
        + " "
        + System.getProperty("os.arch")
        + ") #1 SMP";
  }

  /** {@code proc_taint}: what is written is added; bits that mean nothing are passed over. */
  private static Setting tainted(Taint taint) {
    return Numbers.one(
        0,
        Integer.MAX_VALUE,
        () -> (int) taint.mask(),
        bits -> taint.add(bits & (1 << TAINT_FLAGS_COUNT) - 1));
  }

  /** A line for each module that was unloaded lately: what has become of its class loader. */
  private static String unloaded(Modules modules) {
    StringBuilder text = new StringBuilder();
    for (UnloadedLoader loader : modules.unloadedLoaders()) {
      String state =
          loader.isCollected() ? "collected" : loader.isHeld() ? "held" : "not collected yet";
      text.append(loader.module()).append(' ').append(state).append('\n');
    }
    return text.toString();
  }

  private static String uptime(JiffiesClock clock, int cpus) {
    long hundredths = clock.sinceBoot() / 10_000_000;
    long idle = hundredths * cpus;
    return String.format(
        Locale.ROOT,
        "%d.%02d %d.%02d\n",
        hundredths / 100,
        hundredths % 100,
        idle / 100,
        idle % 100);
  }
}
