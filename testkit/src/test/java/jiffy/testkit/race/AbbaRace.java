package jiffy.testkit.race;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/** Two tasks that take the same two mutexes in different orders. */
final class AbbaRace {
  private static final Text SOURCE =
      new Text(
          """
          import static jiffy.linux.Completions.*;
          import static jiffy.linux.Delay.msleep;
          import static jiffy.linux.Kthreads.*;
          import static jiffy.linux.Mutexes.*;
          import jiffy.linux.KernelModule;
          import jiffy.linux.ModuleInfo;
          import jiffy.types.Completion;
          import jiffy.types.Mutex;
          import jiffy.types.TaskStruct;

          @ModuleInfo(license = "GPL")
          public final class Bank extends KernelModule {
            static final Mutex alice = DEFINE_MUTEX();
            static final Mutex bob = DEFINE_MUTEX();
            static TaskStruct bobs;
            static TaskStruct alices;
            static final Completion there = new Completion();
            static final Completion back = new Completion();

            static int payBob(Object data) {
              mutex_lock(alice);
              mutex_lock(bob);
              mutex_unlock(bob);
              mutex_unlock(alice);
              return idle(there);
            }

            static int payAlice(Object data) {
              mutex_lock(bob);
              mutex_lock(alice);
              mutex_unlock(alice);
              mutex_unlock(bob);
              return idle(back);
            }

            static int idle(Completion done) {
              complete(done);
              while (!kthread_should_stop()) {
                msleep(1);
              }
              return 0;
            }

            static int bank_init() {
              init_completion(there);
              init_completion(back);
              bobs = kthread_run(Bank::payBob, null, "pay_bob");
              alices = kthread_run(Bank::payAlice, null, "pay_alice");
              wait_for_completion(there);
              wait_for_completion(back);
              return 0;
            }

            static void bank_exit() {
              kthread_stop(bobs);
              kthread_stop(alices);
            }

            {
              module_init(Bank::bank_init);
              module_exit(Bank::bank_exit);
            }
          }
          """);
  private static final ModuleJar RACY = ModuleJar.of(SOURCE.source());
  private static final ModuleJar CORRECT =
      ModuleJar.of(
          SOURCE
              .with(
                  "    mutex_lock(bob);\n    mutex_lock(alice);\n",
                  "    mutex_lock(alice);\n    mutex_lock(bob);\n")
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
    kernel.insmod("bank", jar);
    kernel.rmmod("bank");
  }
}
