package jiffy.runtime.context;

import java.util.List;
import jiffy.kernel.Owner;

/**
 * Something that holds objects of modules: what rmmod asks, after a module's exit, for what is
 * left.
 */
public interface Owned {
  /** What it holds, in the singular: {@code timer}. */
  String kind();

  /**
   * What the owner still has here, one line each: {@code timer_callback [kt], set up at
   * kt_init_timer (Kt.java:41), expires in 2500 jiffies}. Empty when all was given back.
   */
  List<String> heldBy(Owner owner);

  /**
   * Takes away what the owner still has here, and waits until none of its callbacks runs from here;
   * one that does not return in bounded time is given up and named in the log. The owner is going:
   * nothing new comes.
   *
   * @return how many it took away
   */
  int release(Context caller, Owner owner);

  /**
   * For a module that was given up, after {@link #release}: what runs on, on a thread of its own,
   * is refused by the kernel from now on.
   */
  default void expel(Owner owner) {
    // nothing runs on
  }
}
