package jiffy.types;

/** What {@code ERR_PTR(-ENOMEM)} gives: an error in a pointer's place. */
public final class ErrPtr {
  /** The negative errno. */
  public final long __error;

  /** Made by {@code ERR_PTR} only. */
  public ErrPtr(long error) {
    __error = error;
  }

  @Override
  public String toString() {
    return "ERR_PTR(" + __error + ")";
  }
}
