package jiffy.testkit.race;

import static jiffy.linux.Delay.msleep;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/** A callback may still run when del_timer returns: what it works on must not go before. */
final class DeletedTimerRace {
  private static final Text SOURCE =
      new Text(
          """
          import static jiffy.linux.Jiffies.jiffies;
          import static jiffy.linux.Timers.*;
          import jiffy.linux.KernelModule;
          import jiffy.linux.ModuleInfo;
          import jiffy.types.TimerList;

          @ModuleInfo(license = "GPL")
          public final class Ticker extends KernelModule {
            static final class Stats {
              int ticks;
            }

            static Stats stats = new Stats();
            static final TimerList timer = new TimerList();

            static void tick(TimerList t) {
              stats.ticks++;
              mod_timer(timer, jiffies() + 1);
            }

            static int ticker_init() {
              timer_setup(timer, Ticker::tick, 0);
              mod_timer(timer, jiffies() + 1);
              return 0;
            }

            static void ticker_exit() {
              del_timer(timer);
              stats = null;
            }

            {
              module_init(Ticker::ticker_init);
              module_exit(Ticker::ticker_exit);
            }
          }
          """);
  private static final ModuleJar RACY = ModuleJar.of(SOURCE.source());
  private static final ModuleJar CORRECT =
      ModuleJar.of(SOURCE.with("    del_timer(timer);", "    del_timer_sync(timer);").source());

  @KernelTest(schedules = Races.SCHEDULES)
  void racy(TestMachine kernel) {
    comesAndGoes(kernel, RACY);
  }

  @KernelTest(schedules = Races.SCHEDULES)
  void correct(TestMachine kernel) {
    comesAndGoes(kernel, CORRECT);
  }

  private static void comesAndGoes(TestMachine kernel, ModuleJar jar) {
    kernel.insmod("ticker", jar);
    msleep(8);
    kernel.rmmod("ticker"); // an oops of the callback fails the test
  }
}
