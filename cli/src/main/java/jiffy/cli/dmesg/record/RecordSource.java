package jiffy.cli.dmesg.record;

import java.io.Closeable;
import java.io.IOException;

/**
 * The kernel log as {@code /dev/kmsg} gives it out, one record at a time.
 *
 * <p>A record's text is: {@code pri,seq,usec,flag[,caller=T1|C0];text\n}, then a line {@code
 * KEY=value} with a leading blank per property. Text bytes outside printable ASCII, and the
 * backslash, are written {@code \xNN}, so a record is ASCII and its text is one line.
 */
public interface RecordSource {
  /** Where a reading begins. */
  enum Start {
    /** The first record after the last {@link KernelLogControl#clear()}. */
    CLEAR_MARK,
    /** After the newest record: only what is logged from now on. */
    NEWEST
  }

  /**
   * Opens a reading of its own; a later clear does not move it.
   *
   * @throws IOException if the caller may not read the log; the message is the reason alone, in the
   *     words of strerror ({@code Operation not permitted})
   */
  Reading open(Start start) throws IOException;

  /** Wall time at record time 0, in microseconds since 1970, time spent suspended included. */
  long bootEpochMicros();

  /** Columns for the caller id: the length of {@code pid_max} as text and a newline. */
  default int callerWidth() {
    return 6; // "32768\n"
  }

  /**
   * One pass over the log. Used by one thread; records overwritten meanwhile are skipped, and the
   * one after them says how many they were.
   */
  interface Reading extends Closeable {
    /**
     * Ends before the records that are logged from now on; without it, {@link #poll} may find new
     * ones for as long as there are writers.
     */
    void endAtNewest();

    /** The next record, or null if there is none now. */
    KmsgRecord poll() throws IOException;

    /**
     * The next record, waiting for it; null once the log has ended (the kernel is halted).
     *
     * @throws InterruptedException if the waiting thread is interrupted: how the host ends {@code
     *     dmesg -w} when its client has gone
     */
    KmsgRecord next() throws IOException, InterruptedException;

    @Override
    void close();
  }
}
