package jiffy.runtime.module;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.context.KernelLog;

/**
 * What the kernel was made to bear, {@code /proc/sys/kernel/tainted}: bits are set and never
 * cleared. Thread safe.
 */
public final class Taint {
  /** A reason, by its bit. */
  public enum Flag {
    /** A module with a licence that is not known as free. */
    PROPRIETARY_MODULE(0, 'P'),
    /** {@code insmod -f}. */
    FORCED_MODULE(1, 'F'),
    /** {@code rmmod -f} that had to use force. */
    FORCED_RMMOD(3, 'R'),
    /** An oops. */
    DIE(7, 'D'),
    /** A WARN. */
    WARN(9, 'W'),
    /** A module that is not of this tree: all are. */
    OUT_OF_TREE_MODULE(12, 'O'),
    /** A module that is not signed. */
    UNSIGNED_MODULE(13, 'E'),
    /** The watchdog saw a soft lockup. */
    SOFT_LOCKUP(14, 'L');

    /** Its value in the mask. */
    public final long mask;

    private final char letter;

    Flag(int bit, char letter) {
      this.mask = 1L << bit;
      this.letter = letter;
    }
  }

  /** {@code license_is_gpl_compatible}. */
  private static final Set<String> GPL_COMPATIBLE =
      Set.of(
          "GPL",
          "GPL v2",
          "GPL and additional rights",
          "Dual BSD/GPL",
          "Dual MIT/GPL",
          "Dual MPL/GPL");

  /** What Java calls free: SPDX identifiers, with or without a version. Ours, not Linux's. */
  private static final Set<String> SPDX =
      Set.of("apache", "bsd", "epl", "gpl", "isc", "lgpl", "mit", "mpl", "unlicense", "0bsd");

  private final KernelLog log;
  private final AtomicLong mask = new AtomicLong();
  private final AtomicBoolean lockDebugging = new AtomicBoolean(true);
  private final AtomicBoolean signatureSaid = new AtomicBoolean();

  Taint(KernelLog log) {
    this.log = log;
  }

  /** The mask. */
  public long mask() {
    return mask.get();
  }

  /** Adds bits; the sysctl can, too. */
  public void add(long bits) {
    mask.getAndUpdate(old -> old | bits);
  }

  /** Adds a flag. */
  public void add(Flag flag) {
    add(flag.mask);
  }

  /** Adds a flag after which lock debugging makes no sense; says so the first time. */
  void addLockdepUnreliable(Flag flag) {
    add(flag);
    if (lockDebugging.getAndSet(false)) {
      log.print(KernelLog.WARNING, "Disabling lock debugging due to kernel taint");
    }
  }

  /** Whether lock reports can still be trusted. */
  public boolean isLockDebugging() {
    return lockDebugging.get();
  }

  /**
   * Says what a module does to the kernel.
   *
   * @param license null if it says none
   * @return the module's own flags
   */
  long addModule(String module, String license) {
    long flags = Flag.OUT_OF_TREE_MODULE.mask | Flag.UNSIGNED_MODULE.mask;
    if (!has(Flag.OUT_OF_TREE_MODULE)) {
      log.print(KernelLog.WARNING, module + ": loading out-of-tree module taints kernel.");
    }
    add(Flag.OUT_OF_TREE_MODULE);
    if (!isFree(license)) {
      flags |= Flag.PROPRIETARY_MODULE.mask;
      if (!has(Flag.PROPRIETARY_MODULE)) {
        String text = license == null ? "unspecified" : license;
        log.print(KernelLog.WARNING, module + ": module license '" + text + "' taints kernel.");
      }
      addLockdepUnreliable(Flag.PROPRIETARY_MODULE);
    }
    if (!signatureSaid.getAndSet(true)) {
      log.print(
          KernelLog.NOTICE,
          module
              + ": module verification failed: signature and/or required key missing - tainting"
              + " kernel");
    }
    add(Flag.UNSIGNED_MODULE);
    return flags;
  }

  private boolean has(Flag flag) {
    return (mask.get() & flag.mask) != 0;
  }

  static boolean isFree(String license) {
    if (license == null) {
      return false;
    }
    String family = license.toLowerCase(Locale.ROOT).split("-", 2)[0];
    return GPL_COMPATIBLE.contains(license) || SPDX.contains(family) && !license.contains(" ");
  }

  /** The letters of a module's flags: {@code POE}. */
  static String letters(long flags) {
    StringBuilder letters = new StringBuilder();
    for (Flag flag : Flag.values()) {
      if ((flags & flag.mask) != 0) {
        letters.append(flag.letter);
      }
    }
    return letters.toString();
  }
}
