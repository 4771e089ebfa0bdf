package jiffy.benchmarks.hrtimers;

import java.util.concurrent.locks.LockSupport;

/** By a thread that parks until the next millisecond. */
final class ParkPeriod extends Period {
  ParkPeriod(long nanos) {
    super(nanos);
  }

  private final Thread thread = new Thread(this::loop, "park");
  private final long firstDue = System.nanoTime() + LEAD_NANOS;

  @Override
  long begin() {
    thread.start();
    return firstDue;
  }

  private void loop() {
    long due = firstDue;
    while (!Thread.currentThread().isInterrupted()) {
      long left = due - System.nanoTime();
      if (left > 0) {
        LockSupport.parkNanos(left);
      } else {
        called();
        due += nanos * (1 - left / nanos);
      }
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
