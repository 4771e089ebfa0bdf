package jiffy.cli.dmesg.print;

import java.io.IOException;
import java.io.OutputStream;

/** A standard output that can be shown page by page. */
public abstract class PagedStream extends OutputStream {
  /**
   * What is written from now on goes through the user's pager, if there is one. Before the first
   * write.
   *
   * @throws IOException if the client has gone
   */
  public abstract void page() throws IOException;
}
