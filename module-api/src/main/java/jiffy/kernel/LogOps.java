package jiffy.kernel;

import java.nio.charset.StandardCharsets;

/**
 * What a kernel does for {@code jiffy.linux.Printk}; contracts are there.
 *
 * <p>Up to three arguments come unboxed: argument i is {@code a, b, c} if it is a number and {@code
 * x, y, z} if it is an object; {@code shape} holds the count in bits 0-1 and in bit 4+i whether
 * argument i is an object.
 */
public interface LogOps {
  /** Level argument that means: as the format's header says, else the default. */
  int LEVEL_DEFAULT = -1;

  /** Level argument that means: goes on with the open record, as KERN_CONT. */
  int LEVEL_CONT = -2;

  /** Shape: this many arguments; or-ed with {@link #OBJECT} shifted by the argument's number. */
  int OBJECT = 0x10;

  /** printk without boxing. @return characters stored */
  int printk(
      Current current,
      int level,
      String format,
      int shape,
      long a,
      long b,
      long c,
      Object x,
      Object y,
      Object z);

  /** printk with any number of arguments. @return characters stored */
  int printk(Current current, int level, String format, Object[] arguments);

  /**
   * {@code vprintk_emit}: printk about a device. A log that keeps no dictionaries prints the text.
   *
   * @param level 0 to 7
   * @param subsystem {@code SUBSYSTEM} of the record's dictionary; empty: none
   * @param device {@code DEVICE}, such as {@code c127:3} or {@code +platform:adc}; empty: none
   * @return characters stored
   */
  default int vprintkEmit(
      Current current,
      int level,
      String subsystem,
      String device,
      String format,
      Object[] arguments) {
    return printk(current, level, format, arguments);
  }

  /** {@code vsprintf}: a format of printk as text. */
  String format(String format, Object[] arguments);

  /** As above, as bytes: those of a {@code byte[]} as they are, text in UTF-8. */
  default byte[] formatBytes(String format, Object[] arguments) {
    return format(format, arguments).getBytes(StandardCharsets.UTF_8);
  }
}
