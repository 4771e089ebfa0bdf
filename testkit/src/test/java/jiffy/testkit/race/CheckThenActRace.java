package jiffy.testkit.race;

import static org.assertj.core.api.Assertions.assertThat;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/**
 * The sample KernelTimer: TimerStart looks whether there is a timer of that number, and then adds
 * one; two tasks may both find none.
 */
final class CheckThenActRace {
  private static final String DIRECTORY = "KernelTimer/src/main/java/samples/kerneltimer/";
  private static final Text LIBRARY = Text.ofSample(DIRECTORY + "KernelTimer.java");
  private static final String CALLBACK = Text.ofSample(DIRECTORY + "TTimerCallback.java").source();
  private static final String STRUCT = Text.ofSample(DIRECTORY + "TTimerList.java").source();
  private static final String USER =
      """
      import static jiffy.linux.Completions.*;
      import static jiffy.linux.Delay.msleep;
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Printk.printk;
      import static samples.kerneltimer.KernelTimer.*;
      import jiffy.linux.KernelModule;
      import jiffy.linux.ModuleInfo;
      import jiffy.types.Completion;
      import jiffy.types.TaskStruct;

      @ModuleInfo(license = "GPL")
      public final class Twice extends KernelModule {
        static TaskStruct first;
        static TaskStruct second;
        static final Completion one = new Completion();
        static final Completion other = new Completion();

        static void tick(long data) {}

        static int start(Object done) {
          printk("started %d\\n", TimerStart(7, Twice::tick, 1000, 0));
          complete((Completion) done);
          while (!kthread_should_stop()) {
            msleep(1);
          }
          return 0;
        }

        static int twice_init() {
          init_completion(one);
          init_completion(other);
          first = kthread_run(Twice::start, one, "one");
          second = kthread_run(Twice::start, other, "other");
          wait_for_completion(one);
          wait_for_completion(other);
          return 0;
        }

        static void twice_exit() {
          kthread_stop(first);
          kthread_stop(second);
          TimerStop(7);
        }

        {
          module_init(Twice::twice_init);
          module_exit(Twice::twice_exit);
        }
      }
      """;
  private static final ModuleJar RACY = ModuleJar.of(LIBRARY.source(), CALLBACK, STRUCT);
  private static final ModuleJar CORRECT =
      ModuleJar.of(
          LIBRARY
              .with(
                  "  public static int TimerStart(\n",
                  """
                    public static int TimerStart(
                        long timer_id, TTimerCallback callback, long interval, long user_data) {
                      jiffy.linux.Spinlocks.spin_lock_bh(g_lock);
                      int ret = StartLocked(timer_id, callback, interval, user_data);
                      jiffy.linux.Spinlocks.spin_unlock_bh(g_lock);
                      return ret;
                    }

                    private static final jiffy.types.SpinlockT g_lock = new jiffy.types.SpinlockT();

                    private static int StartLocked(
                  """)
              .source(),
          CALLBACK,
          STRUCT);
  private static final ModuleJar TWICE =
      ModuleJar.ofSources(java.util.List.of(LIBRARY.source(), CALLBACK, STRUCT), USER);

  @KernelTest(schedules = Races.SCHEDULES)
  void racy(TestMachine kernel) {
    startsOne(kernel, RACY);
  }

  @KernelTest(schedules = Races.SCHEDULES)
  void correct(TestMachine kernel) {
    startsOne(kernel, CORRECT);
  }

  private static void startsOne(TestMachine kernel, ModuleJar library) {
    kernel.insmod("KernelTimer", library);
    kernel.insmod("twice", TWICE);
    kernel.rmmod("twice");
    kernel.rmmod("KernelTimer");
    assertThat(kernel.dmesg()).hasTextTimes(1, "started 1").hasTextTimes(1, "started 0");
  }
}
