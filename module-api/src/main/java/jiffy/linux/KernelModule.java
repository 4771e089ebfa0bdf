package jiffy.linux;

import org.pf4j.Plugin;

/**
 * A loadable module: an ordinary PF4J plugin with Linux's two hooks.
 *
 * <pre>{@code
 * @ModuleInfo(license = "GPL")
 * public final class Hello extends KernelModule {
 *   static int hello_init() { printk(KERN_INFO + "Hello\n"); return 0; }
 *   static void hello_exit() { printk(KERN_INFO + "Goodbye\n"); }
 *   { module_init(Hello::hello_init); module_exit(Hello::hello_exit); }
 * }
 * }</pre>
 *
 * <p>No init is fine. An init without an exit makes the module permanent: rmmod refuses it. PF4J's
 * own {@code start} and {@code stop} are not used: a kernel runs the hooks on a task of its own.
 */
public abstract class KernelModule extends Plugin {
  /** {@code int init(void)}. */
  @FunctionalInterface
  public interface InitCall {
    /**
     * Runs in process context when the module is loaded; may sleep.
     *
     * @return 0, or a negative errno of {@link Errno}: the load fails, exit is not called
     * @throws Throwable is reported like an oops; the load fails
     */
    int init() throws Throwable;
  }

  /** {@code void exit(void)}. */
  @FunctionalInterface
  public interface ExitCall {
    /**
     * Runs in process context before the module goes; may sleep. What it leaves armed is named in
     * the log and cancelled.
     *
     * @throws Throwable is reported like an oops; the module goes all the same
     */
    void exit() throws Throwable;
  }

  private InitCall initCall;
  private ExitCall exitCall;

  /** For the subclass; the instance is made by the loader, once a load. */
  protected KernelModule() {}

  /**
   * {@code module_init(fn)}: what insmod calls. In an initializer of the class; the last one wins.
   */
  protected final void module_init(InitCall init) {
    initCall = init;
  }

  /**
   * {@code module_exit(fn)}: what rmmod calls. In an initializer of the class; the last one wins.
   */
  protected final void module_exit(ExitCall exit) {
    exitCall = exit;
  }

  /** The registered init, or null. For the loader. */
  public final InitCall initCall() {
    return initCall;
  }

  /** The registered exit, or null. For the loader. */
  public final ExitCall exitCall() {
    return exitCall;
  }

  /**
   * Not for use: a module is started by a Jiffy kernel ({@code insmod}). Another PF4J manager loads
   * and resolves it; when it starts it, it is told this, and has a plugin that FAILED.
   *
   * @throws IllegalStateException always; the message says what to do
   */
  @Override
  public final void start() {
    throw new IllegalStateException(
        getClass().getName()
            + " is a Jiffy kernel module, and PF4J's startPlugin() has no kernel for it: start one"
            + " ('jiffy run', or Machine.boot() in your program) and load the JAR into that with"
            + " insmod");
  }

  /** Does nothing: a module is stopped by {@code rmmod}. */
  @Override
  public final void stop() {
    // PF4J calls this when it unloads a plugin; the exit hook has run by then.
  }
}
