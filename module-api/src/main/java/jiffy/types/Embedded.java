package jiffy.types;

/**
 * A struct that is a field of another one, and knows it: what {@code container_of()} finds in C by
 * an offset. Made by {@code in(this)} of its type: {@code final TimerList timer =
 * TimerList.in(this);}
 */
public interface Embedded {
  /** The object that it is a field of. */
  Object __container();
}
