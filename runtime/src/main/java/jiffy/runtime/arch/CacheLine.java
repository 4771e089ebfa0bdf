package jiffy.runtime.arch;

/**
 * Keeps what its subclasses declare out of the cache line of the object before, which another
 * processor may be writing all the time: fields of a superclass come first.
 */
public class CacheLine {
  /** Nothing but room: fills the gap behind the header, in which a subclass's field would go. */
  public int frontGap;

  /** Nothing but room: with the object's header at least 64 bytes. */
  public long front0, front1, front2, front3, front4, front5, front6;
}
