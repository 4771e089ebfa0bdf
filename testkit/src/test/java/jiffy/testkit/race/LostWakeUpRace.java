package jiffy.testkit.race;

import jiffy.testkit.KernelTest;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.TestMachine;

/** A task that looks at its condition before it says that it sleeps misses a wake-up in between. */
final class LostWakeUpRace {
  private static final Text SOURCE =
      new Text(
          """
          import static jiffy.linux.Completions.*;
          import static jiffy.linux.Delay.msleep;
          import static jiffy.linux.Kthreads.*;
          import static jiffy.linux.Sched.*;
          import jiffy.linux.KernelModule;
          import jiffy.linux.ModuleInfo;
          import jiffy.types.Completion;
          import jiffy.types.TaskStruct;

          @ModuleInfo(license = "GPL")
          public final class Mail extends KernelModule {
            static boolean delivered;
            static final Completion read = new Completion();
            static TaskStruct reader;

            static int reader(Object data) {
              if (!delivered) {
                set_current_state(TASK_UNINTERRUPTIBLE);
                schedule();
              }
              complete(read);
              while (!kthread_should_stop()) {
                msleep(1);
              }
              return 0;
            }

            static int mail_init() {
              init_completion(read);
              reader = kthread_run(Mail::reader, null, "reader");
              delivered = true;
              wake_up_process(reader);
              wait_for_completion(read);
              return 0;
            }

            {
              module_init(Mail::mail_init);
              module_exit(() -> kthread_stop(reader));
            }
          }
          """);
  private static final ModuleJar RACY = ModuleJar.of(SOURCE.source());
  private static final ModuleJar CORRECT =
      ModuleJar.of(
          SOURCE
              .with(
                  "    if (!delivered) {\n      set_current_state(TASK_UNINTERRUPTIBLE);\n",
                  "    set_current_state(TASK_UNINTERRUPTIBLE);\n    if (!delivered) {\n")
              .with(
                  "    complete(read);",
                  "    set_current_state(TASK_RUNNING);\n    complete(read);")
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
    kernel.insmod("mail", jar);
    kernel.rmmod("mail");
  }
}
