package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.util.List;

/**
 * What a run of depmod has to say.
 *
 * @param status exit status
 * @param out for standard output
 * @param messages for standard error, in order
 */
public record Report(int status, String out, List<Message> messages) {
  /**
   * A line for standard error.
   *
   * @param level of kmod's: {@code FATAL}, {@code ERROR}, {@code WARNING}
   * @param text without a final dot
   * @param cause why, to be put into words and appended; or null
   */
  public record Message(String level, String text, IOException cause) {}

  static Message error(String text) {
    return error(text, null);
  }

  static Message error(String text, IOException cause) {
    return new Message("ERROR", text, cause);
  }

  static Message warning(String text) {
    return new Message("WARNING", text, null);
  }

  static Message fatal(String text, IOException cause) {
    return new Message("FATAL", text, cause);
  }
}
