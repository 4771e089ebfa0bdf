package jiffy.runtime.printk.format;

/**
 * Names and addresses of objects, for the {@code %p} family. Addresses must come from a counter,
 * not from identity hash codes, so that a simulated kernel prints the same text on each run.
 */
public interface Symbolizer {
  /**
   * Knows no addresses: {@code %p} prints {@code (____ptrval____)}; names are what toString says.
   */
  Symbolizer NONE =
      new Symbolizer() {
        @Override
        public long addressOf(Object object) {
          return 0;
        }

        @Override
        public String nameOf(Object function) {
          return null;
        }
      };

  /** The object's make-believe address; 0 if it has none. */
  long addressOf(Object object);

  /** {@code name [module]} or {@code name} of a function object; null if it is not a known one. */
  String nameOf(Object function);
}
