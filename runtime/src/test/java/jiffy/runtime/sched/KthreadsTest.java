package jiffy.runtime.sched;

import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.EDEADLK;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Errno.ENOSYS;
import static jiffy.linux.Errno.ESRCH;
import static jiffy.linux.Kthreads.kthread_bind;
import static jiffy.linux.Kthreads.kthread_create;
import static jiffy.linux.Kthreads.kthread_create_on_cpu;
import static jiffy.linux.Kthreads.kthread_create_on_node;
import static jiffy.linux.Kthreads.kthread_data;
import static jiffy.linux.Kthreads.kthread_park;
import static jiffy.linux.Kthreads.kthread_parkme;
import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Kthreads.kthread_run_on_cpu;
import static jiffy.linux.Kthreads.kthread_should_park;
import static jiffy.linux.Kthreads.kthread_should_stop;
import static jiffy.linux.Kthreads.kthread_stop;
import static jiffy.linux.Kthreads.kthread_unpark;
import static jiffy.linux.Preempt.in_task;
import static jiffy.linux.Sched.TASK_PARKED;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Smp.for_each_online_cpu;
import static jiffy.linux.Smp.get_cpu;
import static jiffy.linux.Smp.num_online_cpus;
import static jiffy.linux.Smp.put_cpu;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Wait.wait_event_interruptible;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Completion;
import jiffy.types.KthreadFunction;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Kernel threads, beside truth/semprobe_sync.dmesg. */
@OnBothPlatforms
class KthreadsTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final WaitQueueHead wq = new WaitQueueHead();
  private final Completion begun = new Completion();
  private final AtomicInteger rounds = new AtomicInteger();
  private final AtomicInteger parkings = new AtomicInteger();

  KthreadsTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void untilItHasEnded(TaskStruct thread) {
    kernel.until(thread + " ends", () -> Kthread.of(thread).isEnded());
  }

  @Test
  void kthread_stop_whileItRuns_returnsItsValue() {
    TaskStruct thread =
        kthread_run(
            data -> {
              complete(begun);
              while (!kthread_should_stop()) {
                msleep(10);
              }
              return 77;
            },
            null,
            "sp_k");
    wait_for_completion(begun);
    assertThat(kthread_stop(thread)).isEqualTo(77);
  }

  @Test
  void kthread_stop_neverWoken_returnsEintrAndTheFunctionNeverRuns() {
    AtomicInteger runs = new AtomicInteger();
    TaskStruct thread = kthread_create(data -> runs.incrementAndGet(), null, "sp_k2");
    kernel.settle();
    assertThat(runs).hasValue(0);
    assertThat(kthread_stop(thread)).isEqualTo(-EINTR);
    assertThat(runs).hasValue(0);
  }

  @Test
  void kthread_stop_inAWait_wakesIt() {
    TaskStruct thread =
        kthread_run(
            data -> {
              complete(begun);
              return wait_event_interruptible(wq, () -> kthread_should_stop());
            },
            null,
            "sp_k3");
    wait_for_completion(begun);
    kernel.until("it waits", () -> TestKernel.sleeps(thread));
    assertThat(kthread_stop(thread)).isZero();
  }

  @Test
  void kthread_stop_afterItsReturn_returnsItsValue() {
    TaskStruct thread = kthread_run(data -> (int) data, 5, "a_very_long_kthread_name_indeed");
    untilItHasEnded(thread);
    assertThat(thread.comm).isEqualTo("a_very_long_kth");
    assertThat(kthread_stop(thread)).isEqualTo(5);
  }

  @Test
  void kthread_stop_ofWhatItCannotStop_returnsAnErrno() {
    assertThat(kthread_stop(current())).isEqualTo(-ESRCH);
    TaskStruct selfStopper = kthread_run(data -> kthread_stop(current()), null, "self");
    untilItHasEnded(selfStopper);
    assertThat(kthread_stop(selfStopper)).isEqualTo(-EDEADLK);
  }

  @Test
  void kthread_thatThrows_isAnOopsAndStopReturnsEfault() {
    TaskStruct thread =
        kthread_run(
            data -> {
              throw new IllegalArgumentException("boom");
            },
            null,
            "thrower");
    untilItHasEnded(thread);
    assertThat(kthread_stop(thread)).isEqualTo(-EFAULT);
    assertThat(kernel.hasLogged("boom")).isTrue();
  }

  @Test
  void kthread_bind_beforeItIsWoken_saysWhereItRuns() {
    List<String> seen = new CopyOnWriteArrayList<>();
    for_each_online_cpu(
        cpu -> {
          TaskStruct thread =
              kthread_create(
                  data -> {
                    seen.add(current().comm + " on " + smp_processor_id() + " " + in_task());
                    return 0;
                  },
                  null,
                  "worker/%d",
                  cpu);
          kthread_bind(thread, cpu);
          assertThat(wake_up_process(thread)).isEqualTo(1);
          untilItHasEnded(thread);
        });
    assertThat(seen).containsExactly("worker/0 on 0 true", "worker/1 on 1 true");
    assertThat(num_online_cpus()).isEqualTo(2);
    assertThat(get_cpu()).isZero();
    put_cpu();
  }

  private int parkWhenAsked(Object data) {
    while (!kthread_should_stop()) {
      if (kthread_should_park()) {
        parkings.incrementAndGet();
        kthread_parkme();
      }
      rounds.incrementAndGet();
      msleep(10);
    }
    return 7;
  }

  @Test
  void kthread_park_waitsUntilItSleeps_andUnparkLetsItGoOn() {
    TaskStruct thread = kthread_run(this::parkWhenAsked, null, "parker");
    kernel.until("it runs", () -> rounds.get() > 0);
    assertThat(kthread_park(thread)).isZero();
    assertThat(kthread_park(thread)).isEqualTo(-EBUSY);
    assertThat(thread.__state).isEqualTo(TASK_PARKED);
    int before = rounds.get();
    assertThat(wake_up_process(thread)).as("nothing but unpark wakes it").isZero();
    kernel.settle();
    assertThat(rounds).hasValue(before);
    kthread_unpark(thread);
    kernel.until("it goes on", () -> rounds.get() > before);
    assertThat(parkings).hasValue(1);
    kthread_parkme(); // no kernel thread: returns
    assertThat(kthread_should_park()).isFalse();
    assertThat(kthread_stop(thread)).isEqualTo(7);
    assertThat(kthread_park(thread)).isEqualTo(-ENOSYS);
    assertThat(kthread_park(current())).isEqualTo(-ESRCH);
  }

  @Test
  void kthread_park_ofOneThatHasNotBegun_parksBeforeItsFunction() {
    TaskStruct thread = kthread_create(this::parkWhenAsked, null, "parker");
    assertThat(kthread_park(thread)).isZero();
    kernel.settle();
    assertThat(rounds).hasValue(0);
    kthread_unpark(thread);
    kernel.until("it goes on", () -> rounds.get() > 0);
    assertThat(parkings).hasValue(0);
    assertThat(kthread_stop(thread)).isEqualTo(7);
  }

  @Test
  void kthread_park_againAndAgain_stopsIt() {
    TaskStruct thread =
        kthread_run(
            data -> {
              while (!kthread_should_stop()) {
                if (kthread_should_park()) {
                  kthread_parkme();
                }
                rounds.incrementAndGet();
                Sched.yield();
              }
              return 7;
            },
            null,
            "parker");
    for (int i = 0; i < 100; i++) {
      assertThat(kthread_park(thread)).isZero();
      int before = rounds.get();
      Sched.yield();
      assertThat(rounds).hasValue(before);
      kthread_unpark(thread);
    }
    assertThat(kthread_stop(thread)).isEqualTo(7);
  }

  @Test
  void kthread_stop_ofAParkedOne_unparksIt() {
    TaskStruct thread = kthread_run(this::parkWhenAsked, null, "parker");
    kernel.until("it runs", () -> rounds.get() > 0);
    assertThat(kthread_park(thread)).isZero();
    assertThat(kthread_stop(thread)).isEqualTo(7);
  }

  @Test
  void kthread_park_ofOneThatEndsInstead_returnsEnosys() {
    TaskStruct thread =
        kthread_run(
            data -> {
              complete(begun);
              while (!kthread_should_park()) {
                msleep(10);
              }
              return 0;
            },
            null,
            "deaf");
    wait_for_completion(begun);
    assertThat(kthread_park(thread)).isEqualTo(-ENOSYS);
  }

  @Test
  void kthread_create_on_cpu_namesAndBindsIt() {
    List<String> seen = new CopyOnWriteArrayList<>();
    KthreadFunction function =
        data -> {
          seen.add(current().comm + " on " + smp_processor_id() + " " + kthread_data(current()));
          return 0;
        };
    for_each_online_cpu(cpu -> kthread_run_on_cpu(function, "data", cpu, "worker/%u"));
    kernel.until("both have run", () -> seen.size() == 2);
    assertThat(seen).containsExactlyInAnyOrder("worker/0 on 0 data", "worker/1 on 1 data");
    assertThat(kthread_data(current())).isNull();
    TaskStruct nowhere = kthread_create_on_cpu(function, "data", 2, "worker/%u");
    assertThat(nowhere.comm).isEqualTo("worker/2");
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("or there is no such CPU"));
    assertThat(kthread_stop(nowhere)).isEqualTo(-EINTR);
    assertThat(kthread_stop(kthread_create_on_node(function, "data", 0, "n"))).isEqualTo(-EINTR);
  }
}
