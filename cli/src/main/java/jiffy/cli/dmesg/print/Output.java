package jiffy.cli.dmesg.print;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The client's standard output, written in large pieces. Confined to one thread. */
public final class Output {
  /** The client no longer reads: there is nobody to tell. */
  public static final class Gone extends Exception {
    private static final long serialVersionUID = 1L;

    public Gone(IOException cause) {
      super(cause);
    }
  }

  private static final int PIECE = 8192;

  private final OutputStream stream;
  private final StringBuilder pending = new StringBuilder(2 * PIECE);

  public Output(OutputStream stream) {
    this.stream = stream;
  }

  /** Has a pager show it all, if the stream goes to a terminal. Before the first write. */
  public void page(boolean terminal) throws Gone {
    try {
      if (terminal && stream instanceof PagedStream paged) {
        paged.page();
      }
    } catch (IOException e) {
      throw new Gone(e);
    }
  }

  /** What has not been written yet: where printers append, one char a byte. */
  public StringBuilder pending() {
    return pending;
  }

  /** Writes if enough is pending. */
  public void spill() throws Gone {
    if (pending.length() >= PIECE) {
      flush();
    }
  }

  /** Writes all that is pending through to the client. */
  public void flush() throws Gone {
    try {
      stream.write(pending.toString().getBytes(StandardCharsets.ISO_8859_1));
      pending.setLength(0);
      stream.flush();
    } catch (IOException e) {
      throw new Gone(e);
    }
    if (stream instanceof PrintStream silent && silent.checkError()) {
      throw new Gone(new IOException("print stream in error"));
    }
  }
}
