package jiffy.benchmarks.work;

import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.ManyToOneConcurrentArrayQueue;

/** Agrona's queue and agent, which backs off when it is empty: it is never woken, but looks. */
final class AgentDeferral extends Deferral implements Agent {
  private final ManyToOneConcurrentArrayQueue<Runnable> queue;
  private final Piece piece;
  private final AgentRunner runner;

  AgentDeferral(int pieces, Piece piece) {
    this.queue = new ManyToOneConcurrentArrayQueue<>(pieces);
    this.piece = piece;
    this.runner =
        new AgentRunner(new BackoffIdleStrategy(), Throwable::printStackTrace, null, this);
    AgentRunner.startOnThread(runner);
  }

  @Override
  public int doWork() {
    return queue.drain(Runnable::run);
  }

  @Override
  public String roleName() {
    return "agent";
  }

  @Override
  void defer(int index) {
    while (!queue.offer(() -> piece.run(index))) {
      Thread.onSpinWait();
    }
  }

  @Override
  public void close() {
    runner.close();
  }
}
