package jiffy.testkit.race;

import static jiffy.linux.Delay.msleep;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/**
 * A timer that queues a work, torn down in the wrong order: the timer may queue the work once more
 * after that was canceled.
 */
final class TeardownRace {
  private static final Text SOURCE =
      new Text(
          """
          import static jiffy.linux.Jiffies.jiffies;
          import static jiffy.linux.Timers.*;
          import static jiffy.linux.Workqueues.*;
          import jiffy.linux.KernelModule;
          import jiffy.linux.ModuleInfo;
          import jiffy.types.TimerList;
          import jiffy.types.WorkStruct;

          @ModuleInfo(license = "GPL")
          public final class Poller extends KernelModule {
            static int[] samples = new int[4];
            static final TimerList timer = new TimerList();
            static final WorkStruct work = new WorkStruct();

            static void sample(WorkStruct w) {
              samples[0]++;
            }

            static void tick(TimerList t) {
              schedule_work(work);
              mod_timer(timer, jiffies() + 1);
            }

            static int poller_init() {
              INIT_WORK(work, Poller::sample);
              timer_setup(timer, Poller::tick, 0);
              mod_timer(timer, jiffies() + 1);
              return 0;
            }

            static void poller_exit() {
              cancel_work_sync(work);
              del_timer_sync(timer);
              samples = null;
            }

            {
              module_init(Poller::poller_init);
              module_exit(Poller::poller_exit);
            }
          }
          """);
  private static final ModuleJar RACY = ModuleJar.of(SOURCE.source());
  private static final ModuleJar CORRECT =
      ModuleJar.of(
          SOURCE
              .with(
                  "    cancel_work_sync(work);\n    del_timer_sync(timer);\n",
                  "    del_timer_sync(timer);\n    cancel_work_sync(work);\n")
              .source());

  @KernelTest(schedules = Races.SCHEDULES)
  void racy(TestMachine kernel) {
    comesAndGoes(kernel, RACY);
  }

  @KernelTest(schedules = Races.SCHEDULES)
  void correct(TestMachine kernel) {
    comesAndGoes(kernel, CORRECT);
  }

  private static void comesAndGoes(TestMachine kernel, ModuleJar jar) {
    kernel.insmod("poller", jar);
    msleep(8);
    kernel.rmmod("poller");
  }
}
