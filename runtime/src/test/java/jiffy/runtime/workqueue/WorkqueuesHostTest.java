package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.schedule_work;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.WorkStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A work that is blocked without the kernel's knowledge, on real threads. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class WorkqueuesHostTest {
  /** Without the watch of hogs the second item would wait for the first, which waits for it. */
  @Test
  void work_thatWaitsForAJavaLock_doesNotHoldUpTheNext() {
    try (Machine machine = Machine.boot("nr_cpus=1");
        Attachment here = machine.attach("test")) {
      CountDownLatch latch = new CountDownLatch(1);
      WorkStruct waits = new WorkStruct();
      INIT_WORK(waits, work -> latch.await());
      WorkStruct releases = new WorkStruct();
      INIT_WORK(releases, work -> latch.countDown());
      schedule_work(waits);
      schedule_work(releases);
      flush_work(waits);
      assertThat(latch.getCount()).isZero();
    }
  }

  @Test
  void work_thatReadsFromASocket_doesNotHoldUpTheNext() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept();
        Machine machine = Machine.boot("nr_cpus=1");
        Attachment here = machine.attach("test")) {
      int[] read = {-1};
      WorkStruct reads = new WorkStruct();
      INIT_WORK(reads, work -> read[0] = accepted.getInputStream().read());
      WorkStruct writes = new WorkStruct();
      INIT_WORK(writes, work -> client.getOutputStream().write(42));
      schedule_work(reads);
      schedule_work(writes);
      flush_work(reads);
      assertThat(read[0]).isEqualTo(42);
    }
  }
}
