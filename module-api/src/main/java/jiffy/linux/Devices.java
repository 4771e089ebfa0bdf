package jiffy.linux;

import jiffy.types.Device;

/**
 * {@code linux/device.h}: names of devices.
 *
 * <p>Contexts: any. Thread safe.
 */
public final class Devices {
  private Devices() {}

  /**
   * {@code const char *dev_name(const struct device *dev)}.
   *
   * @return its name; null, which {@code %s} prints as {@code (null)}, if it has none yet
   */
  public static String dev_name(Device dev) {
    return dev.init_name != null ? dev.init_name : dev.__name;
  }

  /**
   * {@code int dev_set_name(struct device *dev, const char *name, ...)}.
   *
   * @param format as printk's
   * @return 0
   */
  public static int dev_set_name(Device dev, String format, Object... arguments) {
    StringBuilder name = new StringBuilder();
    Sprintf.sprintf(name, format, arguments);
    dev.__name = name.toString();
    return 0;
  }

  /**
   * {@code const char *dev_driver_string(const struct device *dev)}.
   *
   * @return the name of its driver, else of its bus, else of its class, else an empty one
   */
  public static String dev_driver_string(Device dev) {
    if (dev.driver != null) {
      return dev.driver;
    }
    return dev.bus != null ? dev.bus : dev.class_ != null ? dev.class_ : "";
  }
}
