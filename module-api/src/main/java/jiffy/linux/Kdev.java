package jiffy.linux;

/**
 * {@code linux/kdev_t.h}: numbers of devices.
 *
 * <p>Contexts: any.
 */
public final class Kdev {
  private static final int MINORBITS = 20;

  private static final int MINORMASK = (1 << MINORBITS) - 1;

  private Kdev() {}

  /** {@code MKDEV(ma, mi)}. @return the number of the two as one */
  public static int MKDEV(int ma, int mi) {
    return ma << MINORBITS | mi;
  }

  /** {@code MAJOR(dev)}. @return which driver's, 0 to 4095 */
  public static int MAJOR(int dev) {
    return dev >>> MINORBITS;
  }

  /** {@code MINOR(dev)}. @return which of them, 0 to 1048575 */
  public static int MINOR(int dev) {
    return dev & MINORMASK;
  }
}
