package jiffy.benchmarks.work;

import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;

/**
 * The one kernel of the JVM, of one CPU, for all who are ours: a thread is in one kernel at a time.
 * Runs as long as somebody uses it; of the one thread that opens and closes.
 */
final class OurKernel implements AutoCloseable {
  private static Machine machine;
  private static Attachment attachment;
  private static int users;

  private OurKernel() {}

  /** Boots it, if it does not run, and has the calling thread join it. */
  static OurKernel use() {
    if (users == 0) {
      machine = Machine.boot("hz=250 nr_cpus=1");
      attachment = machine.attach("bench");
    }
    users++;
    return new OurKernel();
  }

  @Override
  public void close() {
    if (--users == 0) {
      attachment.close();
      machine.close();
    }
  }
}
