package jiffy.runtime.proc.sysctl;

import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENOMEM;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;
import static jiffy.linux.Fs.SEEK_CUR;
import static jiffy.linux.Fs.SEEK_SET;

import java.nio.charset.StandardCharsets;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;

/** A setting, open: it is shown at the beginning of a reading, and set by the first write. */
final class SysctlFile implements OpenFile {
  /** Of one write so much is looked at. */
  private static final int LOOKED_AT = 4095;

  /** KMALLOC_MAX_SIZE: no write is as long as that. */
  private static final int TOO_LONG = 4 << 20;

  private final Setting setting;
  private final int flags;
  private byte[] text = {};
  private long position;

  SysctlFile(Setting setting, int flags) {
    this.setting = setting;
    this.flags = flags;
  }

  @Override
  public int error() {
    return 0;
  }

  @Override
  public long read(Context caller, byte[] into, int count) {
    long got = readAt(caller, into, count, position);
    position += Math.max(0, got);
    return got;
  }

  @Override
  public long readAt(Context caller, byte[] into, int count, long offset) {
    if ((flags & O_WRONLY) != 0) {
      return -EBADF;
    }
    if (offset < 0) {
      return -EINVAL;
    }
    if (offset == 0) {
      text = (setting.show() + "\n").getBytes(StandardCharsets.UTF_8);
    }
    int start = (int) Math.min(offset, text.length);
    int got = Math.min(count, text.length - start);
    System.arraycopy(text, start, into, 0, got);
    return got;
  }

  /**
   * Sets it, if this is the first write: what comes after that is taken and ignored, as Linux with
   * {@code sysctl_writes_strict} does.
   *
   * @return {@code count}; -ENOMEM: that is 4 MiB or more; -EBADF: open for reading only; or what
   *     the setting says
   */
  @Override
  public long write(Context caller, byte[] from, int start, int count) {
    if ((flags & (O_WRONLY | O_RDWR)) == 0) {
      return -EBADF;
    }
    if (count >= TOO_LONG) {
      return -ENOMEM;
    }
    if (position == 0 && count > 0) {
      String value = new String(from, start, Math.min(count, LOOKED_AT), StandardCharsets.UTF_8);
      int error = setting.store(caller, value);
      if (error != 0) {
        return error;
      }
    }
    position += count;
    return count;
  }

  @Override
  public long seek(Context caller, long offset, int whence) {
    if (whence != SEEK_SET && whence != SEEK_CUR) {
      return -EINVAL;
    }
    long to = offset + (whence == SEEK_CUR ? position : 0);
    if (to < 0) {
      return -EINVAL;
    }
    position = to;
    return to;
  }

  @Override
  public void close() {
    // Nothing is kept.
  }
}
