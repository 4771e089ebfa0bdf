package jiffy.runtime.proc;

import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.ESPIPE;

import jiffy.runtime.context.Context;

/**
 * A file that somebody has open. For that one's task alone. Reading and writing may sleep, for ever
 * if the file's module wants it; a signal ends that.
 */
public interface OpenFile extends AutoCloseable {
  /** {@link #poll}: there is something to read. */
  int EPOLLIN = 0x001;

  /** {@link #poll}: something out of the ordinary. */
  int EPOLLPRI = 0x002;

  /** {@link #poll}: a write would not wait. */
  int EPOLLOUT = 0x004;

  /** {@link #poll}: the next read fails. */
  int EPOLLERR = 0x008;

  /** {@link #poll}: comes with {@link #EPOLLIN}. */
  int EPOLLRDNORM = 0x040;

  /** {@link #poll}: comes with {@link #EPOLLOUT}. */
  int EPOLLWRNORM = 0x100;

  /** 0, or the negative errno why it could not be opened. */
  int error();

  /**
   * {@code read}: goes on where the last one ended.
   *
   * @param into at least {@code count} bytes
   * @return bytes read; 0: the file ends here; a negative errno
   */
  long read(Context caller, byte[] into, int count);

  /**
   * {@code pread}: as {@link #read}, from that offset on; where the next read goes on does not
   * change.
   */
  default long readAt(Context caller, byte[] into, int count, long offset) {
    return -ESPIPE;
  }

  /**
   * {@code write}.
   *
   * @param from the text; {@code count} bytes of it, from {@code start} on
   * @return bytes taken, which may be fewer; a negative errno
   */
  default long write(Context caller, byte[] from, int start, int count) {
    return -EBADF;
  }

  /**
   * {@code lseek}.
   *
   * @param whence as in {@link jiffy.linux.Fs}
   * @return the new offset; a negative errno
   */
  default long seek(Context caller, long offset, int whence) {
    return -ESPIPE;
  }

  /**
   * {@code poll}: what could be done at this moment without waiting; waits for nothing itself.
   *
   * @return a mask of {@code EPOLL...}; a file that never makes anybody wait is always ready
   */
  default int poll(Context caller) {
    return EPOLLIN | EPOLLRDNORM | EPOLLOUT | EPOLLWRNORM;
  }

  /** By who opened it; a second call does nothing. */
  @Override
  void close();

  /** What could not be opened. @param error a negative errno */
  static OpenFile failed(int error) {
    return new OpenFile() {
      @Override
      public int error() {
        return error;
      }

      @Override
      public long read(Context caller, byte[] into, int count) {
        return error;
      }

      @Override
      public long write(Context caller, byte[] from, int start, int count) {
        return error;
      }

      @Override
      public void close() {
        // It never was open.
      }
    };
  }
}
