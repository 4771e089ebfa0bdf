package jiffy.runtime.locking;

/**
 * Keeps what its subclasses declare out of the cache line of the object before, which another
 * processor may be writing all the time: fields of a superclass come first.
 */
public class CacheLine {
  /** Nothing but room: fills the gap behind the header, in which a subclass's field would go. */
  public int __gap;

  /** Nothing but room: with the object's header at least 64 bytes. */
  public long __room0, __room1, __room2, __room3, __room4, __room5, __room6;
}
