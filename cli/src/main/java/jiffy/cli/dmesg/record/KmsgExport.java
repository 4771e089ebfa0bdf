package jiffy.cli.dmesg.record;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/**
 * A file for {@code dmesg --kmsg-file}: records of /dev/kmsg, a NUL byte between two of them.
 *
 * <p>A reader gives up at a record of more than {@link #MAX_RECORD} bytes. A longer one becomes
 * several with the same header; its properties, which no reader shows, then stay behind.
 */
public final class KmsgExport implements Closeable {
  /** What util-linux has room for, its own final byte included. */
  public static final int MAX_RECORD = 2047;

  /** {@code \xNN}: not to be cut. */
  private static final int ESCAPE = 4;

  private final OutputStream file;
  private boolean begun;

  public KmsgExport(OutputStream file) {
    this.file = file;
  }

  /** Adds a record as /dev/kmsg gives it out. */
  public void add(String record) throws IOException {
    if (record.length() <= MAX_RECORD) {
      put(record);
      return;
    }
    int begin = record.indexOf(';') + 1;
    int end = record.indexOf('\n', begin);
    String header = record.substring(0, begin);
    while (begin < end) {
      int cut = Math.min(end, begin + MAX_RECORD - 1 - header.length());
      if (cut < end) {
        int escape = record.lastIndexOf('\\', cut - 1);
        cut = escape > begin && escape + ESCAPE > cut ? escape : cut;
      }
      put(header + record.substring(begin, cut) + "\n");
      begin = cut;
    }
  }

  private void put(String record) throws IOException {
    file.write(((begun ? "\0" : "") + record).getBytes(StandardCharsets.UTF_8));
    begun = true;
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
