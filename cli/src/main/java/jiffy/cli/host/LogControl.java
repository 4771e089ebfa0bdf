package jiffy.cli.host;

import java.io.IOException;
import jiffy.cli.dmesg.KernelLogControl;
import jiffy.cli.tool.Strerror;
import jiffy.linux.Errno;
import jiffy.runtime.printk.Log;

/** The control actions on a machine's log. */
record LogControl(Log log) implements KernelLogControl {
  @Override
  public void clear() {
    log.clear();
  }

  @Override
  public void consoleOff() {
    log.levels().consoleOff();
  }

  @Override
  public void consoleOn() {
    log.levels().consoleOn();
  }

  @Override
  public void consoleLevel(int level) throws IOException {
    if (!log.levels().setConsole(level)) {
      throw new IOException(Strerror.of(Errno.EINVAL));
    }
  }
}
