package jiffy.runtime.proc;

import jiffy.runtime.context.Context;

/** A file that a reader has open. For that reader's task alone. */
public interface OpenFile extends AutoCloseable {
  /** 0, or the negative errno why it could not be opened. */
  int error();

  /**
   * {@code read}: goes on where the last one ended. May sleep, for ever if the file's module wants
   * it; a signal ends that.
   *
   * @param into at least {@code count} bytes
   * @return bytes read; 0: the file ends here; a negative errno
   */
  long read(Context caller, byte[] into, int count);

  /** By the reader; a second call does nothing. */
  @Override
  void close();
}
