package jiffy.runtime;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EPERM;

import java.util.Optional;
import jiffy.runtime.context.Context;
import jiffy.runtime.printk.LogLevels;
import jiffy.runtime.printk.PrintkSettings;
import jiffy.runtime.printk.PrintkSettings.DevKmsg;
import jiffy.runtime.proc.sysctl.Numbers;
import jiffy.runtime.proc.sysctl.Setting;
import jiffy.runtime.proc.sysctl.Sysctls;
import jiffy.runtime.sched.Tasks;

/** The log's files under /proc/sys/kernel. */
final class PrintkSysctls {
  private PrintkSysctls() {}

  /** Registers them, at boot. */
  static void register(Sysctls sysctls, int hz, LogLevels levels, PrintkSettings settings) {
    sysctls.register(
        "kernel/printk",
        new Numbers(Integer.MIN_VALUE, Integer.MAX_VALUE, levels::all, levels::setAll));
    int mostSeconds = Integer.MAX_VALUE / hz;
    sysctls.register(
        "kernel/printk_ratelimit",
        Numbers.one(
            -mostSeconds, mostSeconds, settings::ratelimitSeconds, settings::setRatelimitSeconds));
    sysctls.register(
        "kernel/printk_ratelimit_burst",
        Numbers.one(
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            settings::ratelimitBurst,
            settings::setRatelimitBurst));
    sysctls.register("kernel/printk_devkmsg", new DevKmsgSetting(settings));
    sysctls.register("kernel/dmesg_restrict", new DmesgRestrict(settings));
  }

  /** {@code devkmsg_sysctl_set_loglvl}. */
  private record DevKmsgSetting(PrintkSettings settings) implements Setting {
    @Override
    public String show() {
      return settings.devKmsg().word();
    }

    /**
     * @return 0; -EINVAL: none of the three words, without its newline, or locked at boot
     */
    @Override
    public int store(Context caller, String text) {
      Optional<DevKmsg> value =
          text.endsWith("\n") ? DevKmsg.of(text.substring(0, text.length() - 1)) : Optional.empty();
      return value.isPresent() && settings.setDevKmsg(value.get()) ? 0 : -EINVAL;
    }
  }

  /** {@code proc_dointvec_minmax_sysadmin}: who is shut out does not let himself in. */
  private record DmesgRestrict(PrintkSettings settings, Setting number) implements Setting {
    DmesgRestrict(PrintkSettings settings) {
      this(
          settings,
          Numbers.one(
              0,
              1,
              () -> settings.isDmesgRestricted() ? 1 : 0,
              value -> settings.restrictDmesg(value != 0)));
    }

    @Override
    public String show() {
      return number.show();
    }

    @Override
    public int store(Context caller, String text) {
      return Tasks.isPrivileged(caller.task()) ? number.store(caller, text) : -EPERM;
    }
  }
}
