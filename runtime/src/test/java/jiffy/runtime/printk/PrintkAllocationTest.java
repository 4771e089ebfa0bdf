package jiffy.runtime.printk;

import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.Test;

/** A record costs no garbage, with up to three arguments of long or String. */
class PrintkAllocationTest {
  private static final int RECORDS = 50_000;

  @Test
  void printk_inSteadyState_allocatesNothing() {
    try (Machine machine = Machine.boot("log_buf_len=64K nr_cpus=1");
        Attachment here = machine.attach("test")) {
      double bytes = allocatedByPrinting();
      // Each 10 ms, at most, the wall clock is read: that may cost an Instant.
      assertThat(bytes / RECORDS).as("bytes a record").isLessThan(1);
      assertThat(machine.log().ring().nextSeq()).isGreaterThan(2L * RECORDS);
    }
  }

  /** An overflow must not leave the thread's draft in use for ever. */
  @Test
  void printk_afterAnEndlessRecursion_allocatesNothingAgain() throws InterruptedException {
    long[] bytes = new long[1];
    try (Machine machine = Machine.boot("log_buf_len=64K nr_cpus=1")) {
      Thread thread =
          new Thread(
              null,
              () -> {
                try (Attachment here = machine.attach("test")) {
                  for (int pad = 0; pad < 500; pad++) {
                    overflow(pad);
                  }
                  read(machine);
                  bytes[0] = allocatedByPrinting();
                }
              },
              "recursion",
              1 << 18);
      thread.start();
      thread.join();
    }
    assertThat((double) bytes[0] / RECORDS).as("bytes a record").isLessThan(1);
  }

  /** A record that met the overflow is empty, each other one whole. */
  private static void read(Machine machine) {
    LogReader reader = machine.log().ring().reader();
    LogRecord record = new LogRecord();
    while (reader.read(record)) {
      assertThat(record.text()).matches("(depth [0-9]+ of many|)");
    }
    assertThat(reader.position()).isEqualTo(machine.log().ring().nextSeq());
  }

  private static void overflow(int pad) {
    try {
      pad(pad);
    } catch (StackOverflowError e) {
      return; // as intended
    }
  }

  /** Each round ends at another place in the calls below. */
  private static int pad(int frames) {
    return frames > 0 ? pad(frames - 1) + 1 : recurse(0);
  }

  @SuppressWarnings("InfiniteRecursion") // on purpose
  private static int recurse(int depth) {
    printk(KERN_INFO + "depth %ld of %s\n", (long) depth, "many");
    printk(KERN_INFO + "depth %ld of many\n", (long) depth);
    return recurse(depth + 1) + 1;
  }

  private static long allocatedByPrinting() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    print(); // formats are compiled, classes loaded
    long before = threads.getCurrentThreadAllocatedBytes();
    print();
    return threads.getCurrentThreadAllocatedBytes() - before;
  }

  private static void print() {
    for (int i = 0; i < RECORDS; i += 5) {
      printk(KERN_INFO + "nothing\n");
      printk(KERN_INFO + "one %ld\n", (long) i);
      printk(KERN_INFO + "two %s %#lx\n", "a string of é", (long) i);
      printk(KERN_INFO + "three %-8s|%8s|%ld\n", "left", "right", (long) i);
      printk(KERN_INFO + "three %ld %lu %lx\n", (long) i, (long) i * i, (long) -i);
    }
  }
}
