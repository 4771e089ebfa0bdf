package jiffy.benchmarks.printk;

/**
 * Where lines are printed to. One of them lives in a JVM, so that the virtual calls below are no
 * calls once compiled.
 */
interface Target extends AutoCloseable {
  /** The line, which one number is appended to. */
  String TEXT = "an eighty byte line such as a driver prints now and then, with one number: ";

  /** What one thread prints with. */
  @FunctionalInterface
  interface Writer {
    /** Prints a line. */
    void print(long number);
  }

  /**
   * Opens one.
   *
   * @param writers threads that will print
   * @throws IllegalArgumentException for another name
   */
  static Target open(String name, int writers) throws Exception {
    return switch (name) {
      case "jiffy" -> new PrintkTarget(false);
      case "jiffy-text" -> new PrintkTarget(true);
      case "floor" -> Texts::of;
      case "broadcast" -> new BroadcastTarget(writers > 1);
      case "many-to-one" -> new ManyToOneTarget();
      case "jctools" -> new QueueTarget(false);
      case "deque" -> new QueueTarget(true);
      case "log4j-null", "log4j-async-null", "log4j-async-file" -> new Log4jTarget(name);
      case "jul" -> new JulTarget();
      default -> throw new IllegalArgumentException("nothing to print to is called " + name);
    };
  }

  /** For the calling thread. */
  Writer writer();

  @Override
  default void close() throws Exception {}
}
