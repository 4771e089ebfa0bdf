package jiffy.types;

import java.io.Serializable;

/**
 * What a tasklet calls, in the form before Linux 5.9: {@code void func(unsigned long data)}.
 *
 * <p>Runs in softirq context on the CPU the tasklet was scheduled on: it must not sleep. {@code
 * data} is the tasklet's {@link TaskletStruct#data}, any object in place of C's cast pointer.
 *
 * <p>Serializable for its method's name, as {@link TimerFunction}.
 */
@FunctionalInterface
public interface TaskletFunction extends Serializable {
  /**
   * Called once for each scheduling that found the tasklet not scheduled.
   *
   * @param data the tasklet's {@link TaskletStruct#data} at that moment
   * @throws Throwable what it throws is reported like a kernel oops; the tasklet stays usable
   */
  void call(Object data) throws Throwable;
}
