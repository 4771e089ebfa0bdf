package jiffy.cli.tool;

/** Tells a tool that its user has gone: the client was ended, or its terminal closed. */
public interface HangUp {
  /** Whether that has happened. */
  boolean hasHungUp();

  /** Runs the action when it happens; at once if it has. The action must not wait. */
  void onHangUp(Runnable action);
}
