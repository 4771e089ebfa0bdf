package jiffy.runtime.printk;

import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.Test;

/** A record costs no garbage, with up to three arguments of long or String. */
class PrintkAllocationTest {
  private static final int RECORDS = 50_000;

  @Test
  void printk_inSteadyState_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Machine machine = Machine.boot("log_buf_len=64K nr_cpus=1");
        Attachment here = machine.attach("test")) {
      print(); // formats are compiled, classes loaded
      long before = threads.getCurrentThreadAllocatedBytes();
      print();
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      // Each 10 ms, at most, the wall clock is read: that may cost an Instant.
      assertThat((double) bytes / RECORDS).as("bytes a record").isLessThan(1);
      assertThat(machine.log().ring().nextSeq()).isGreaterThan(2L * RECORDS);
    }
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
