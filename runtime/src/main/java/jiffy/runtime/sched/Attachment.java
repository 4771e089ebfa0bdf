package jiffy.runtime.sched;

import jiffy.kernel.Current;
import jiffy.runtime.context.Context;

/** A foreign thread's stay in a kernel: {@code try (var t = machine.attach("name")) { ... }}. */
public final class Attachment implements AutoCloseable {
  final Context context;
  final Current before;
  private final Tasks tasks;
  private boolean open;

  Attachment(Tasks tasks, Context context, Current before, boolean own) {
    this.tasks = tasks;
    this.context = context;
    this.before = before;
    this.open = own;
  }

  /** The context that the thread has. */
  public Context context() {
    return context;
  }

  /** The thread leaves the kernel; by that thread. A second call does nothing. */
  @Override
  public void close() {
    if (open) {
      open = false;
      tasks.detach(this);
    }
  }
}
