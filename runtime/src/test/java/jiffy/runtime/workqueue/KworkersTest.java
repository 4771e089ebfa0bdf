package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WQ_CPU_INTENSIVE;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.flush_scheduled_work;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.schedule_work;
import static jiffy.linux.Workqueues.schedule_work_on;
import static jiffy.linux.Workqueues.system_highpri_wq;
import static jiffy.linux.Workqueues.system_unbound_wq;
import static jiffy.linux.Workqueues.system_wq;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Who runs the items, and what one item that computes, blocks, throws or leaks does to the rest.
 */
@OnBothPlatforms
class KworkersTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  KworkersTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    over = true;
    kernel.close();
  }

  private static WorkStruct work(WorkFunction function) {
    WorkStruct work = new WorkStruct();
    INIT_WORK(work, function);
    return work;
  }

  private WorkStruct noting(String name) {
    return work(w -> ran.add(name));
  }

  @Test
  void kworkers_haveLinuxsNames() {
    List<WorkqueueStruct> queues = List.of(system_wq(), system_highpri_wq(), system_unbound_wq());
    for (WorkqueueStruct queue : queues) {
      WorkStruct work = work(w -> ran.add(current().comm));
      queue_work_on(1, queue, work);
      flush_work(work);
    }
    assertThat(ran).containsExactly("kworker/1:0", "kworker/1:0H", "kworker/u4:0");
  }

  @Test
  void schedule_work_runsOnTheCallersCpu_schedule_work_onOnThatOne() {
    WorkStruct work = work(w -> ran.add("cpu" + raw_smp_processor_id()));
    schedule_work(work);
    flush_scheduled_work();
    schedule_work_on(1, work);
    flush_work(work);
    assertThat(ran).containsExactly("cpu0", "cpu1");
  }

  @Test
  void works_ofBusyKworker_waitForIt_thoseOfACpuIntensiveQueueDoNot() {
    kernel.virtualTimeOnly("how long an item computes, and when the next begins, is real time");
    WorkqueueStruct intensive = alloc_workqueue("intensive", WQ_CPU_INTENSIVE, 0);
    long begin = jiffies();
    queue_work(intensive, work(w -> mdelay(40)));
    schedule_work(work(w -> ran.add("after " + (jiffies() - begin))));
    msleep(100);
    schedule_work(work(w -> mdelay(40)));
    long second = jiffies();
    schedule_work(work(w -> ran.add("after " + (jiffies() - second))));
    msleep(100);
    assertThat(ran).containsExactly("after 0", "after 10");
  }

  /** Computes until another item has run, which waits for the same kworker. */
  private WorkStruct hog() {
    return work(
        w -> {
          while (!ran.contains("other") && !over) {
            cpu_relax();
          }
        });
  }

  private void assertOtherRunsBesideTheHog(long begin) {
    kernel.until("the other runs", () -> ran.contains("other"));
    if (kernel.isSim()) {
      assertThat(jiffies() - begin).as("100 ms at 250 Hz").isBetween(25L, 35L);
    }
    flush_scheduled_work();
  }

  @Test
  void work_thatComputesFor100ms_holdsUpTheOthersNoLonger() {
    long begin = jiffies();
    schedule_work(hog());
    schedule_work(noting("other"));
    assertOtherRunsBesideTheHog(begin);
  }

  /** The kworker is idle, so the first item wakes it, and the second comes before it has risen. */
  @Test
  void work_thatComputesFor100ms_onAWarmKworker_holdsUpTheOthersNoLonger() {
    schedule_work(noting("warm"));
    flush_scheduled_work();
    WorkStruct hog = hog();
    WorkStruct other = noting("other");
    long begin = jiffies();
    schedule_work(hog);
    schedule_work(other);
    assertOtherRunsBesideTheHog(begin);
    assertThat(ran).containsExactly("warm", "other");
  }

  /** Without the watch of hogs the second item would wait for the first, which waits for it. */
  @Test
  void work_thatWaitsForAJavaLock_doesNotHoldUpTheNext() {
    kernel.realThreadsOnly("a wait that the kernel does not know of stops virtual time");
    CountDownLatch latch = new CountDownLatch(1);
    WorkStruct waits = work(w -> latch.await());
    schedule_work(waits);
    schedule_work(work(w -> latch.countDown()));
    flush_work(waits);
    assertThat(latch.getCount()).isZero();
  }

  @Test
  void work_thatReadsFromASocket_doesNotHoldUpTheNext() throws IOException {
    kernel.realThreadsOnly("a wait that the kernel does not know of stops virtual time");
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket client = new Socket(server.getInetAddress(), server.getLocalPort());
        Socket accepted = server.accept()) {
      AtomicInteger read = new AtomicInteger(-1);
      WorkStruct reads = work(w -> read.set(accepted.getInputStream().read()));
      schedule_work(reads);
      schedule_work(work(w -> client.getOutputStream().write(42)));
      flush_work(reads);
      assertThat(read).hasValue(42);
    }
  }

  @Test
  void work_thatThrows_isAnOops_andTheNextOneRuns() {
    schedule_work(
        work(
            w -> {
              throw new IllegalStateException("no such register");
            }));
    schedule_work(noting("next"));
    flush_scheduled_work();
    assertThat(ran).containsExactly("next");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("threw java.lang.IllegalStateException: no such register"));
  }

  @Test
  void work_thatReturnsAtomic_isReportedAsOnLinux_andTheCountIsPutBack() {
    schedule_work(work(w -> preempt_disable()));
    schedule_work(work(w -> ran.add("" + preempt_count())));
    flush_scheduled_work();
    assertThat(ran).containsExactly("0");
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.matches(
                    ".*BUG: workqueue leaked lock or atomic: kworker/0:0/0x00000001/\\d+"));
  }

  @Test
  void idleKworkers_thatAreTooMany_endAfterFiveMinutes() {
    kernel.virtualTimeOnly("it takes five minutes");
    for (int i = 0; i < 5; i++) {
      schedule_work(work(w -> msleep(100)));
    }
    flush_scheduled_work();
    assertThat(kworkers()).isEqualTo(5);
    kernel.settle(Duration.ofSeconds(301));
    assertThat(kworkers()).isEqualTo(2);
  }

  private long kworkers() {
    return machine.tasks().running().stream()
        .filter(task -> task.struct.comm.startsWith("kworker/0:"))
        .count();
  }
}
