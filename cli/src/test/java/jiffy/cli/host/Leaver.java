package jiffy.cli.host;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import jiffy.cli.tool.HangUp;

/** A user who goes when he is told to. */
final class Leaver implements HangUp {
  private final BlockingQueue<Runnable> actions = new LinkedBlockingQueue<>();
  private volatile boolean isGone;

  /** Goes, once the tool wants to know about it. */
  void leave() throws InterruptedException {
    isGone = true;
    actions.take().run();
  }

  @Override
  public boolean hasHungUp() {
    return isGone;
  }

  @Override
  public void onHangUp(Runnable action) {
    actions.add(action);
  }
}
