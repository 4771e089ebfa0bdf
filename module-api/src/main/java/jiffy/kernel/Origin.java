package jiffy.kernel;

/**
 * Where an object of the kernel comes from: its owner, its function and the line that set it up.
 *
 * <p>Immutable, strings only: never a class or a throwable of a module.
 */
public final class Origin {
  /** The kernel that the object belongs to. */
  public final Kernel kernel;

  /** Who answers for it. */
  public final Owner owner;

  /** Name of the callback, as {@code %ps} prints it without the module: {@code timer_callback}. */
  public final String function;

  /** Where it was set up: {@code kt_init_timer (Kt.java:41)}. */
  public final String site;

  /** All four are kept as given. */
  public Origin(Kernel kernel, Owner owner, String function, String site) {
    this.kernel = kernel;
    this.owner = owner;
    this.function = function;
    this.site = site;
  }

  /** As {@code %ps} prints a symbol: {@code timer_callback [kt]}. */
  public String symbol() {
    return owner == Owner.CORE ? function : function + " [" + owner.name + "]";
  }

  @Override
  public String toString() {
    return symbol() + " set up at " + site;
  }
}
