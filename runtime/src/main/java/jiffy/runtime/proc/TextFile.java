package jiffy.runtime.proc;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Fs.SEEK_CUR;
import static jiffy.linux.Fs.SEEK_END;

import jiffy.runtime.context.Context;

/** The kernel's own file: a text that was made when it was opened. */
final class TextFile implements OpenFile {
  private final byte[] text;
  private long position;

  TextFile(byte[] text) {
    this.text = text;
  }

  @Override
  public int error() {
    return 0;
  }

  @Override
  public long read(Context caller, byte[] into, int count) {
    long got = readAt(caller, into, count, position);
    position += got;
    return got;
  }

  @Override
  public long readAt(Context caller, byte[] into, int count, long offset) {
    if (offset < 0) {
      return -EINVAL;
    }
    int start = (int) Math.min(offset, text.length);
    int got = Math.min(count, text.length - start);
    System.arraycopy(text, start, into, 0, got);
    return got;
  }

  @Override
  public long seek(Context caller, long offset, int whence) {
    long base = whence == SEEK_CUR ? position : whence == SEEK_END ? text.length : 0;
    if (base + offset < 0) {
      return -EINVAL;
    }
    position = base + offset;
    return position;
  }

  @Override
  public void close() {
    // Nothing is kept.
  }
}
