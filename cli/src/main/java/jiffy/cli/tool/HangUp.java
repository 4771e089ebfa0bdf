package jiffy.cli.tool;

/** Tells a tool that its user has gone: the client was ended, or its terminal closed. */
public interface HangUp {
  /** A user who stays as long as the tool does: both are one process. */
  HangUp NEVER =
      new HangUp() {
        @Override
        public boolean hasHungUp() {
          return false;
        }

        @Override
        public void onHangUp(Runnable action) {
          // It never happens.
        }
      };

  /** Whether that has happened. */
  boolean hasHungUp();

  /** Runs the action when it happens; at once if it has. The action must not wait. */
  void onHangUp(Runnable action);
}
