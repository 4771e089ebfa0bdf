package jiffy.runtime.printk;

/**
 * The four numbers of {@code /proc/sys/kernel/printk}, and the console switch of dmesg -D, -E, -n.
 *
 * <p>Thread safety: any; readers see the newest values, writers exclude each other.
 */
public final class LogLevels {
  private static final int COUNT = 4;
  private static final int CONSOLE = 0;
  private static final int DEFAULT_MESSAGE = 1;
  private static final int MINIMUM_CONSOLE = 2;
  private static final int HIGHEST = 8;

  private volatile int console = 7;
  private volatile int defaultMessage = 4;
  private volatile int minimumConsole = 1;
  private volatile int defaultConsole = 7;
  private int savedConsole = -1; // guarded by this; -1: the console is on

  /** A record is shown on consoles if its level is less than this. */
  public int console() {
    return console;
  }

  /** Level of a record that does not state one. */
  public int defaultMessage() {
    return defaultMessage;
  }

  /** Lowest value that {@link #setConsole} accepts. */
  public int minimumConsole() {
    return minimumConsole;
  }

  /** Value of console at boot. */
  public int defaultConsole() {
    return defaultConsole;
  }

  /**
   * dmesg -n, syslog(2) action 8.
   *
   * @param level 1..8, raised to the minimum
   * @return false if the level is out of range: nothing changed
   */
  public synchronized boolean setConsole(int level) {
    if (level < 1 || level > HIGHEST) {
      return false;
    }
    console = Math.max(level, minimumConsole);
    savedConsole = -1;
    return true;
  }

  /** {@code loglevel=} of the command line: not checked for range, as in Linux. */
  public synchronized void boot(int level) {
    console = level;
  }

  /** dmesg -D, syslog(2) action 6: only the minimum is shown until {@link #consoleOn}. */
  public synchronized void consoleOff() {
    if (savedConsole < 0) {
      savedConsole = console;
    }
    console = minimumConsole;
  }

  /** dmesg -E, syslog(2) action 7: undoes {@link #consoleOff}. */
  public synchronized void consoleOn() {
    if (savedConsole >= 0) {
      console = savedConsole;
      savedConsole = -1;
    }
  }

  /** The four, in the order of the file. */
  public synchronized int[] all() {
    return new int[] {console, defaultMessage, minimumConsole, defaultConsole};
  }

  /** Sets the four, in that order. As in Linux they are not checked for range. */
  public synchronized void setAll(int[] values) {
    console = values[CONSOLE];
    defaultMessage = values[DEFAULT_MESSAGE];
    minimumConsole = values[MINIMUM_CONSOLE];
    defaultConsole = values[COUNT - 1];
  }
}
