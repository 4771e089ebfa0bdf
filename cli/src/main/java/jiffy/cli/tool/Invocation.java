package jiffy.cli.tool;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.linux.Errno;

/**
 * One run of a tool: what was asked, for whom, of which kernel.
 *
 * @param command the word it was called by
 * @param arguments the words after that
 * @param directory the client's working directory
 * @param environment the client's, as far as it was sent
 * @param terminal whether the client's standard output is a terminal
 * @param stdout the client's standard output; a failed write means that the client has gone
 * @param stderr the client's standard error
 * @param user tells when the client has gone
 * @param kernel the kernel, null if none is running
 * @param stateDirectory where that kernel is, or would be; for messages
 */
public record Invocation(
    String command,
    List<String> arguments,
    Path directory,
    Map<String, String> environment,
    boolean terminal,
    OutputStream stdout,
    OutputStream stderr,
    HangUp user,
    RunningKernel kernel,
    Path stateDirectory) {

  /** Text for standard output; UTF-8 whatever the client's locale, as files are in /proc. */
  public void out(String text) throws GoneException {
    write(stdout, text);
  }

  /** Bytes for standard output, as they are. */
  public void out(byte[] bytes, int length) throws GoneException {
    write(stdout, bytes, length);
  }

  /** Text for standard error. */
  public void err(String text) throws GoneException {
    write(stderr, text);
  }

  private static void write(OutputStream stream, String text) throws GoneException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    write(stream, bytes, bytes.length);
  }

  private static void write(OutputStream stream, byte[] bytes, int length) throws GoneException {
    try {
      stream.write(bytes, 0, length);
      stream.flush();
    } catch (IOException e) {
      throw new GoneException(e);
    }
  }

  /**
   * A file that the user named.
   *
   * @return null if no file can have such a name
   */
  public Path file(String name) {
    try {
      return directory.resolve(name);
    } catch (InvalidPathException nulByteOrLocale) {
      return null;
    }
  }

  /** The kernel. @throws NoKernelException if none is running */
  public RunningKernel needKernel() throws NoKernelException {
    if (kernel == null) {
      throw new NoKernelException(stateDirectory);
    }
    return kernel;
  }

  /** The client has gone: the tool ends and says nothing. */
  public static final class GoneException extends Exception {
    private static final long serialVersionUID = 1L;

    GoneException(Throwable cause) {
      super(cause);
    }
  }

  /** There is no kernel to ask. */
  public static final class NoKernelException extends Exception {
    private static final long serialVersionUID = 1L;

    NoKernelException(Path stateDirectory) {
      super(
          isHidden(stateDirectory.resolve("control.sock"))
              ? "cannot look into the state directory "
                  + stateDirectory
                  + ": "
                  + Strerror.of(Errno.EACCES)
              : "no kernel is running in " + stateDirectory + ": start one with 'jiffy boot'");
    }

    private static boolean isHidden(Path file) {
      return !Files.exists(file) && !Files.notExists(file); // neither can be told
    }
  }
}
