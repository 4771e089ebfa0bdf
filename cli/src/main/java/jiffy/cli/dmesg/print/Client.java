package jiffy.cli.dmesg.print;

import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whom dmesg works for: the process at the other end of the control socket, not the host.
 *
 * @param environment its environment; TZ, LC_ALL, LC_CTYPE, LANG, TERM, NO_COLOR, HOME,
 *     XDG_CONFIG_HOME and DMESG_TEST_BOOTIME count
 * @param workingDirectory what a relative file name is relative to
 * @param terminal whether its standard output is a terminal ({@code --color=auto})
 * @param out its standard output, a {@link PagedStream} if it has a pager; a failed write means
 *     that the client has gone
 * @param err its standard error
 */
public record Client(
    Map<String, String> environment,
    Path workingDirectory,
    boolean terminal,
    OutputStream out,
    OutputStream err) {

  /** Takes a copy of the environment. */
  public Client {
    environment = Map.copyOf(environment);
  }
}
