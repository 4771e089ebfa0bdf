package jiffy.runtime.context;

import java.lang.reflect.Proxy;
import jiffy.kernel.Current;
import jiffy.kernel.FileOps;
import jiffy.kernel.HrtimerOps;
import jiffy.kernel.InterruptOps;
import jiffy.kernel.IrqOps;
import jiffy.kernel.Kernel;
import jiffy.kernel.LockOps;
import jiffy.kernel.LogOps;
import jiffy.kernel.MemoryOps;
import jiffy.kernel.ModuleOps;
import jiffy.kernel.ReportOps;
import jiffy.kernel.RwLockOps;
import jiffy.kernel.SleepLockOps;
import jiffy.kernel.SoftirqOps;
import jiffy.kernel.TaskOps;
import jiffy.kernel.TaskletOps;
import jiffy.kernel.TimerOps;
import jiffy.kernel.WorkOps;
import jiffy.runtime.arch.Expelled;
import jiffy.types.TaskStruct;

/**
 * What a thread that was given up has for a context: of a kernel that refuses everything. So the
 * functions of {@code jiffy.linux} need not ask who calls them.
 */
final class ExpelledContext extends Current {
  private final TaskStruct task;
  private final String why;

  ExpelledContext(Kernel kernel, TaskStruct task, String why) {
    super(refusing(kernel, why));
    this.task = task;
    this.why = why;
  }

  private static Kernel refusing(Kernel kernel, String why) {
    return new Kernel(
        kernel.name,
        kernel.hz,
        refusing(TimerOps.class, why),
        refusing(HrtimerOps.class, why),
        refusing(LockOps.class, why),
        refusing(RwLockOps.class, why),
        refusing(SleepLockOps.class, why),
        refusing(LogOps.class, why),
        refusing(ReportOps.class, why),
        refusing(TaskOps.class, why),
        refusing(FileOps.class, why),
        new InterruptOps(
            refusing(SoftirqOps.class, why),
            refusing(TaskletOps.class, why),
            refusing(IrqOps.class, why)),
        refusing(WorkOps.class, why),
        refusing(MemoryOps.class, why),
        refusing(ModuleOps.class, why));
  }

  private static <T> T refusing(Class<T> type, String why) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              throw new Expelled(why);
            }));
  }

  private Expelled refused() {
    return new Expelled(why);
  }

  @Override
  public int preemptCount() {
    throw refused();
  }

  @Override
  public boolean irqsDisabled() {
    throw refused();
  }

  @Override
  public int cpuNumber() {
    throw refused();
  }

  /** Who it was: for what the host logs on its thread. */
  @Override
  public TaskStruct task() {
    return task;
  }

  @Override
  public void preemptDisable() {
    throw refused();
  }

  @Override
  public void preemptEnable() {
    throw refused();
  }

  @Override
  public void preemptDisableWithoutLock() {
    throw refused();
  }

  @Override
  public void preemptEnableWithoutLock() {
    throw refused();
  }

  @Override
  public void localBhDisable() {
    throw refused();
  }

  @Override
  public void localBhEnable() {
    throw refused();
  }

  @Override
  public long localIrqSave() {
    throw refused();
  }

  @Override
  public void localIrqRestore(long flags) {
    throw refused();
  }

  @Override
  public void localIrqEnable() {
    throw refused();
  }

  @Override
  public void choicePoint(String what) {
    throw refused();
  }

  @Override
  public void enterMonitor() {
    throw refused();
  }

  @Override
  public void leaveMonitor() {
    throw refused();
  }

  @Override
  public void cpuRelax() {
    throw refused();
  }

  @Override
  public void delay(long nanos) {
    throw refused();
  }
}
