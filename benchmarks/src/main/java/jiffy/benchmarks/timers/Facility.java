package jiffy.benchmarks.timers;

/**
 * One way to have timers. Delays are in milliseconds; timers are known by their index.
 *
 * <p>One of them lives in a JVM, so that the virtual calls below are no calls once compiled.
 */
public abstract class Facility implements AutoCloseable {
  /**
   * Opens one.
   *
   * @param name jiffy, jiffy-batch, jiffy-exact, netty, stpe, kafka, agrona, agrona+lock, caffeine,
   *     caffeine+lock
   * @param boot Jiffy's kernel command line
   * @param expired run by each timer that fires, on one thread at a time
   */
  public static Facility open(String name, String boot, Runnable expired) {
    return switch (name) {
      case "jiffy" -> new JiffyFacility(boot, 1, false, expired);
      case "jiffy-batch" -> new JiffyFacility(boot, Batch.LENGTH, false, expired);
      case "jiffy-exact" -> new JiffyFacility(boot, 1, true, expired);
      case "netty" -> new NettyFacility(expired);
      case "stpe" -> new ExecutorFacility(expired);
      case "kafka" -> new KafkaFacility(expired);
      case "agrona" -> new AgronaFacility(false, expired);
      case "agrona+lock" -> new AgronaFacility(true, expired);
      case "caffeine" -> new CaffeineFacility(false);
      case "caffeine+lock" -> new CaffeineFacility(true);
      default -> throw new IllegalArgumentException("no timer facility is called " + name);
    };
  }

  /** The calling thread's own timers, idle; used and closed by that thread. */
  public abstract Hand hand(int timers);

  /** From now on time passes, for a facility that has to be driven; nobody arms any more. */
  public void drive() {
    // Most have a thread of their own.
  }

  @Override
  public abstract void close();

  /** One thread's timers. */
  public abstract static class Hand implements AutoCloseable {
    /** Arms an idle timer. */
    public abstract void arm(int index, int delayMillis);

    /** Moves a pending timer: the operation of an idle timeout when there was traffic. */
    public abstract void pushBack(int index, int delayMillis);

    /** Arms a timer beside the others and cancels it. */
    public abstract boolean armCancel(int delayMillis);

    /** Arms a timer of its own for the body. */
    public void once(int delayMillis, Runnable body) {
      throw new UnsupportedOperationException(getClass() + " is not measured that way");
    }

    @Override
    public void close() {
      // Most threads leave nothing behind.
    }
  }

  /** A clock that is read once for so many operations, as an event loop does once per wake-up. */
  static final class Batch {
    static final int LENGTH = 64;
    private final int length;
    private int left;

    Batch(int length) {
      this.length = length;
    }

    /** Whether it is time to read the clock. */
    boolean isOver() {
      if (--left > 0) {
        return false;
      }
      left = length;
      return true;
    }
  }
}
