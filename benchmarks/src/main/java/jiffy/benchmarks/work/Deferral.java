package jiffy.benchmarks.work;

/**
 * One way to hand pieces of work to one other thread. Pieces are known by their index; a piece is
 * handed over again only when it has run.
 *
 * <p>Where throughput counts one of them lives in a JVM, so that the virtual calls below are no
 * calls once compiled.
 */
abstract class Deferral implements AutoCloseable {
  /** What a piece does. */
  @FunctionalInterface
  interface Piece {
    void run(int index);
  }

  /**
   * Opens one; used and closed by the calling thread.
   *
   * @param name tasklet, work, work-unbound, tpe, fjp, disruptor, jctools, agrona
   * @param pieces how many there are
   */
  static Deferral open(String name, int pieces, Piece piece) {
    return switch (name) {
      case "tasklet" -> new TaskletDeferral(pieces, piece);
      case "work" -> new WorkDeferral(pieces, piece, false);
      case "work-unbound" -> new WorkDeferral(pieces, piece, true);
      case "tpe", "fjp" -> new ExecutorDeferral(name, piece);
      case "disruptor" -> new DisruptorDeferral(pieces, piece);
      case "jctools" -> new QueueDeferral(piece);
      case "agrona" -> new AgentDeferral(pieces, piece);
      default -> throw new IllegalArgumentException("nothing that defers is called " + name);
    };
  }

  /** Hands a piece over. */
  abstract void defer(int index);

  @Override
  public abstract void close();
}
