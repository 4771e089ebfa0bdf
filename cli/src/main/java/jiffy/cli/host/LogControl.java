package jiffy.cli.host;

import java.io.IOException;
import jiffy.cli.dmesg.record.KernelLogControl;
import jiffy.cli.tool.Strerror;
import jiffy.linux.Errno;
import jiffy.runtime.printk.Log;

/**
 * The control actions on a machine's log, which Linux keeps for who has CAP_SYSLOG.
 *
 * @param isPrivileged whether this user may take them
 */
record LogControl(Log log, boolean isPrivileged) implements KernelLogControl {
  @Override
  public void clear() throws IOException {
    check();
    log.clear();
  }

  @Override
  public void consoleOff() throws IOException {
    check();
    log.levels().consoleOff();
  }

  @Override
  public void consoleOn() throws IOException {
    check();
    log.levels().consoleOn();
  }

  @Override
  public void consoleLevel(int level) throws IOException {
    check();
    if (!log.levels().setConsole(level)) {
      throw new IOException(Strerror.of(Errno.EINVAL));
    }
  }

  private void check() throws IOException {
    if (!isPrivileged) {
      throw new IOException(Strerror.of(Errno.EPERM));
    }
  }
}
