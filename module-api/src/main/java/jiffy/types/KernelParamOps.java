package jiffy.types;

import java.io.Serializable;

/**
 * {@code struct kernel_param_ops}: what happens when a parameter is written and read. Set as in C's
 * initializer, and named by the parameter:
 *
 * <pre>{@code
 * static final KernelParamOps interval_ops = new KernelParamOps();
 * static {
 *   interval_ops.set = Kt::set_interval;
 *   interval_ops.get = Moduleparam::param_get_int;
 * }
 * @ModuleParam(ops = "interval_ops", perm = 0644) static int interval = 10;
 * }</pre>
 *
 * <p>All of them run in process context, on the task of who loads the module, writes the file or
 * reads it, may sleep, and are called one at a time: {@code kernel_param_lock} is held. Whatever
 * one of them throws is an oops of the module, and -EFAULT for the task.
 */
public class KernelParamOps {
  /** {@code int (*set)(const char *val, const struct kernel_param *kp)}. */
  @FunctionalInterface
  public interface Set extends Serializable {
    /**
     * @param val the text, as written: with its newline, if there is one; null for the bare name on
     *     a command line, which comes only with {@code KERNEL_PARAM_OPS_FL_NOARG}
     * @return 0, or a negative errno: what insmod, or the write, fails with
     */
    int set(String val, KernelParam kp) throws Throwable;
  }

  /** {@code int (*get)(char *buffer, const struct kernel_param *kp)}. */
  @FunctionalInterface
  public interface Get extends Serializable {
    /**
     * @param buffer empty; gets the text with a newline at its end, less than 4096 bytes
     * @return how many bytes of it count, or a negative errno: what the read fails with
     */
    int get(StringBuilder buffer, KernelParam kp) throws Throwable;
  }

  /** {@code void (*free)(void *arg)}. */
  @FunctionalInterface
  public interface Free extends Serializable {
    /**
     * Called once, when the module goes and nobody can reach the parameter any more.
     *
     * @param arg {@link KernelParam#arg}
     */
    void free(Object arg) throws Throwable;
  }

  /** {@code KERNEL_PARAM_OPS_FL_NOARG} of {@link jiffy.linux.Moduleparam}, or 0. */
  public int flags;

  /** If null, it cannot be set: EPERM. */
  public Set set;

  /** If null, it cannot be read: EPERM. */
  public Get get;

  /** May be null: nothing to do. */
  public Free free;
}
