package jiffy.benchmarks.printk;

import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.format.FormatString;
import jiffy.runtime.printk.format.Symbolizer;

/**
 * Lines as bytes in a buffer that is reused, with the time in front: the least that anybody has to
 * do, and what peers that take bytes are given.
 */
final class Texts {
  private static final int BYTES = 256;
  private static final int TWO_LONGS = 2;

  private final FormatString format = FormatString.compile("%llu " + Target.TEXT + "%d");
  private final FormatBuffer buffer = new FormatBuffer(BYTES);

  /** Prints nowhere. */
  static Target.Writer of() {
    Texts texts = new Texts();
    return texts::format;
  }

  /** The line is in {@link #bytes} from 0 on. @return its length */
  int format(long number) {
    buffer.clear(BYTES);
    format.format(
        buffer, Symbolizer.NONE, TWO_LONGS, System.nanoTime(), number, 0, null, null, null);
    return buffer.length();
  }

  byte[] bytes() {
    return buffer.bytes();
  }
}
