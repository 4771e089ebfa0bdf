package jiffy.kernel;

import jiffy.types.ModuleStruct;
import jiffy.types.Mutex;

/**
 * Who answers for a timer, a task or a lock: one load of one module, or the kernel itself.
 *
 * <p>Holds no reference to the module's classes, so that records which outlive the module do not
 * keep its class loader. Two loads of the same module are two owners.
 */
public final class Owner {
  /** The kernel it is loaded into; null only for {@link #CORE}. */
  public final Kernel kernel;

  /** Module name, as lsmod shows it. */
  public final String name;

  /** {@code kernel_param_lock}: held while one of its parameters is set or read. */
  public final Mutex paramLock = new Mutex();

  /** As modules know it. */
  public final ModuleStruct module;

  private volatile boolean going;

  /** The kernel itself: owner of what no module set up. */
  public static final Owner CORE = new Owner(null, "kernel");

  /**
   * @param kernel the kernel the module is loaded into
   * @param name module name
   */
  public Owner(Kernel kernel, String name) {
    this.kernel = kernel;
    this.name = name;
    this.module = new ModuleStruct(this);
  }

  /** Whether the module's exit has finished: from then on nothing of it may be armed. */
  public boolean isGoing() {
    return going;
  }

  /** Says that the module's exit has finished. There is no way back. */
  public void setGoing() {
    going = true;
  }

  @Override
  public String toString() {
    return name;
  }
}
