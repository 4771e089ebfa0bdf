package jiffy.cli.wire;

import java.io.IOException;

/** The other end does not keep to the protocol; the message says how, in a sentence for people. */
public final class ProtocolException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Says what was wrong with what came. */
  public ProtocolException(String message) {
    super(message);
  }
}
