package jiffy.cli.dmesg.record;

import java.io.IOException;

/**
 * The control actions of syslog(2) that dmesg needs. Each throws {@link IOException} if refused;
 * the message is the reason alone, in the words of strerror ({@code Operation not permitted}).
 */
public interface KernelLogControl {
  /** Moves the clear mark behind the newest record; no record is dropped. */
  void clear() throws IOException;

  /** Lowers the console log level to the minimum, remembering what it was. */
  void consoleOff() throws IOException;

  /** Restores the console log level that {@link #consoleOff()} remembered. */
  void consoleOn() throws IOException;

  /** Sets the console log level: messages of a level below it, 1 to 8, reach the console. */
  void consoleLevel(int level) throws IOException;
}
