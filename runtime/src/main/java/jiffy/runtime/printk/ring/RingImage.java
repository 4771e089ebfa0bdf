package jiffy.runtime.printk.ring;

/** A copy of a ring, record by record, that outlives the process. */
public interface RingImage {
  /**
   * Keeps a record, new or grown. Called by its writer, who alone owns its place in the ring until
   * the call has returned; by several writers at once, each for its own record. Any context: waits
   * for nobody, allocates nothing.
   *
   * @param seq sequence number
   * @param nanos since boot
   * @param wallNanos since 1970
   * @param meta as {@link LogRecord} packs it
   * @param origin as {@link Stamp} packs it
   * @param position where tags and text begin in the ring, in bytes; a multiple of 8
   * @param ring the ring's bytes, a power of two
   * @param length bytes of tags and text
   */
  void store(
      long seq,
      long nanos,
      long wallNanos,
      long meta,
      long origin,
      int position,
      byte[] ring,
      int length);
}
