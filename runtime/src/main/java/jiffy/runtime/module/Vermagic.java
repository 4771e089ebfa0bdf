package jiffy.runtime.module;

import static jiffy.linux.Errno.ENOEXEC;

import jiffy.runtime.context.KernelLog;
import jiffy.runtime.module.file.ModuleFile;

/**
 * {@code check_modinfo} and {@code check_modstruct_version}: whether a module was built for this
 * API, and what to load it by force does.
 *
 * <p>Within a major version an API only grows, which the build guards, so only the major ones need
 * be equal: what a module needs that is not there yet is an unknown symbol. A module that does not
 * say what it was built for is taken for one of this API. Thread safe.
 */
final class Vermagic {
  private final String own;
  private final KernelLog log;
  private final Taint taint;

  /**
   * @param version the API's: {@code 0.1.0}
   */
  Vermagic(String version, KernelLog log, Taint taint) {
    this.own = of(version);
    this.log = log;
    this.taint = taint;
  }

  /** Major and minor: {@code 0.1}. */
  static String of(String version) {
    String[] parts = version.split("\\.", -1);
    return parts.length < 2 ? version : parts[0] + "." + parts[1];
  }

  /**
   * Says in the log what is wrong, or what force does.
   *
   * @param flags of {@link Modules#insmod}
   * @return 0; -ENOEXEC: another major version, and no force
   */
  int check(ModuleFile file, int flags) {
    if ((flags & Modules.MODULE_INIT_IGNORE_MODVERSIONS) != 0) {
      force(file, "module_layout");
    }
    if ((flags & Modules.MODULE_INIT_IGNORE_VERMAGIC) != 0) {
      force(file, "bad vermagic");
    } else if (!file.vermagic().isEmpty() && !major(file.vermagic()).equals(major(own))) {
      log.print(
          KernelLog.ERR,
          file.name() + ": version magic '" + file.vermagic() + "' should be '" + own + "'");
      return -ENOEXEC;
    }
    return 0;
  }

  private static String major(String version) {
    return version.split("\\.", -1)[0];
  }

  /** {@code try_to_force_load}. */
  private void force(ModuleFile file, String why) {
    if ((taint.mask() & Taint.Flag.FORCED_MODULE.mask) == 0) {
      log.print(KernelLog.WARNING, file.name() + ": " + why + ": kernel tainted.");
    }
    taint.addLockdepUnreliable(Taint.Flag.FORCED_MODULE);
  }
}
