package jiffy.runtime.mm;

import jiffy.runtime.context.Context;

/** A kind of struct that must not be freed while it is active: {@code struct debug_obj_descr}. */
public interface ActiveObject {
  /** The struct's class; subclasses are of this kind, too. */
  Class<?> type();

  /** C's name of the struct: {@code timer_list}. */
  String structName();

  /**
   * Whether it is active, and whose it is.
   *
   * @param struct of {@link #type}
   * @return null if it is not; else its function, as {@code %ps} prints it
   */
  String activeHint(Context context, Object struct);

  /** Takes out what is active; must not wait. */
  void deactivate(Context context, Object struct);
}
