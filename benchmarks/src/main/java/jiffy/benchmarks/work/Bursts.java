package jiffy.benchmarks.work;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.CacheLine;

/**
 * Hands pieces over and waits until they have run. Of the thread that hands over, but where said.
 */
final class Bursts {
  /** So many pieces there are, and are handed over at a time. */
  static final int BURST = 1 << 10;

  private final Count done = new Count();
  private long wanted;

  /**
   * How many pieces have run. In cache lines of its own: who runs them writes it for each, and
   * would take from who hands them over what happens to lie beside it.
   */
  private static final class Count extends CacheLine {
    static final VarHandle RAN;

    static {
      try {
        RAN = MethodHandles.lookup().findVarHandle(Count.class, "ran", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    long ran;

    @SuppressWarnings("unused") // nothing but room
    long back0, back1, back2, back3, back4, back5, back6;
  }

  /** A piece has run. On the one thread that runs them. */
  void ran() {
    Count.RAN.setRelease(done, done.ran + 1);
  }

  /** Hands over at least so many, burst by burst. @return how many */
  int hand(Deferral deferral, int pieces) {
    int handed = 0;
    while (handed < pieces) {
      for (int i = 0; i < BURST; i++) {
        deferral.defer(i);
      }
      handed += BURST;
      await(BURST);
    }
    return handed;
  }

  /** Waits until so many more have run than were awaited before. */
  void await(int pieces) {
    wanted += pieces;
    while ((long) Count.RAN.getAcquire(done) < wanted) {
      Thread.onSpinWait();
    }
  }
}
