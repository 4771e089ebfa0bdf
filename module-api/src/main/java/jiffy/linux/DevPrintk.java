package jiffy.linux;

import static jiffy.kernel.LogOps.LEVEL_DEFAULT;

import jiffy.kernel.Current;
import jiffy.types.Device;

/**
 * {@code linux/dev_printk.h}: messages of a device's driver.
 *
 * <p>The text begins with the driver and the device: {@code e1000 0000:00:03.0: link is down}; of
 * no device at all, {@code (NULL device *): }. The record has the device in its dictionary, for
 * those who read /dev/kmsg: {@code SUBSYSTEM=pci} and {@code DEVICE=+pci:0000:00:03.0}, or {@code
 * b12:8} and {@code c127:3} by the number of a block or character device, {@code n8} of a network
 * interface.
 *
 * <p>Contexts: any. Thread safe.
 */
public final class DevPrintk {
  private static final int SUBSYSTEM_MAX = 15;

  private static final int DEVICE_MAX = 47;

  private DevPrintk() {}

  /**
   * {@code dev_printk(level, dev, fmt, ...)}.
   *
   * @param level such as {@code KERN_INFO}
   */
  public static void dev_printk(String level, Device dev, String format, Object... arguments) {
    char digit = level != null && level.length() > 1 ? level.charAt(1) : 0;
    emit(digit >= '0' && digit <= '7' ? digit - '0' : LEVEL_DEFAULT, dev, format, arguments);
  }

  /** {@code dev_emerg(dev, fmt, ...)}: level 0. */
  public static void dev_emerg(Device dev, String format, Object... arguments) {
    emit(0, dev, format, arguments);
  }

  /** {@code dev_alert(dev, fmt, ...)}: level 1. */
  public static void dev_alert(Device dev, String format, Object... arguments) {
    emit(1, dev, format, arguments);
  }

  /** {@code dev_crit(dev, fmt, ...)}: level 2. */
  public static void dev_crit(Device dev, String format, Object... arguments) {
    emit(2, dev, format, arguments);
  }

  /** {@code dev_err(dev, fmt, ...)}: level 3. */
  public static void dev_err(Device dev, String format, Object... arguments) {
    emit(3, dev, format, arguments);
  }

  /** {@code dev_warn(dev, fmt, ...)}: level 4. */
  public static void dev_warn(Device dev, String format, Object... arguments) {
    emit(4, dev, format, arguments);
  }

  /** {@code dev_notice(dev, fmt, ...)}: level 5. */
  public static void dev_notice(Device dev, String format, Object... arguments) {
    emit(5, dev, format, arguments);
  }

  /** {@code dev_info(dev, fmt, ...)}: level 6. */
  public static void dev_info(Device dev, String format, Object... arguments) {
    emit(6, dev, format, arguments);
  }

  /** {@code dev_dbg(dev, fmt, ...)}: nothing, as {@code pr_debug}. */
  public static void dev_dbg(Device dev, String format, Object... arguments) {}

  /** {@code dev_vdbg(dev, fmt, ...)}: nothing, as {@code pr_devel}. */
  public static void dev_vdbg(Device dev, String format, Object... arguments) {}

  private static void emit(int level, Device dev, String format, Object[] arguments) {
    Current current = Current.get();
    if (dev == null) {
      current.kernel.log.printk(current, level, "(NULL device *): " + format, arguments);
      return;
    }
    int given = arguments == null ? 1 : arguments.length;
    Object[] all = new Object[given + 2];
    all[0] = Devices.dev_driver_string(dev);
    all[1] = Devices.dev_name(dev);
    if (arguments != null) {
      System.arraycopy(arguments, 0, all, 2, given);
    }
    String subsystem = dev.class_ != null ? dev.class_ : dev.bus;
    String device = subsystem == null ? "" : cut(deviceOf(subsystem, dev), DEVICE_MAX);
    String shown = subsystem == null ? "" : cut(subsystem, SUBSYSTEM_MAX);
    current.kernel.log.vprintkEmit(current, level, shown, device, "%s %s: " + format, all);
  }

  private static String deviceOf(String subsystem, Device dev) {
    int major = Kdev.MAJOR(dev.devt);
    if (major != 0) {
      return (subsystem.equals("block") ? "b" : "c") + major + ":" + Kdev.MINOR(dev.devt);
    }
    if (subsystem.equals("net")) {
      return "n" + dev.ifindex;
    }
    return "+" + subsystem + ":" + Devices.dev_name(dev);
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max);
  }
}
