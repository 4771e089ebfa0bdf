package jiffy.runtime;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Predicate;
import jiffy.kernel.Current;
import jiffy.kernel.HrtimerOps;
import jiffy.kernel.Origin;
import jiffy.kernel.TaskletOps;
import jiffy.kernel.TimerOps;
import jiffy.kernel.WorkOps;
import jiffy.runtime.context.Context;
import jiffy.runtime.mm.ActiveObject;
import jiffy.types.DelayedWork;
import jiffy.types.Hrtimer;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import jiffy.types.WorkStruct;

/** The structs that must not be freed while they are active, and how each is taken out. */
final class TrackedStructs {
  private TrackedStructs() {}

  static List<ActiveObject> of(
      TimerOps timers, HrtimerOps hrtimers, TaskletOps tasklets, WorkOps works) {
    return List.of(
        new Tracked<>(
            TimerList.class,
            "timer_list",
            timer -> TimerList.__PREV.getAcquire(timer) != null,
            timer -> timer.__origin,
            // not del_timer_sync, as Linux: who frees may hold a lock that the callback wants
            (context, timer) -> timers.delete(context, timer, false)),
        new Tracked<>(
            Hrtimer.class,
            "hrtimer",
            timer -> (boolean) Hrtimer.__QUEUED.getAcquire(timer),
            timer -> timer.__origin,
            (context, timer) -> hrtimers.tryToCancel(context, timer)),
        new Tracked<>(
            TaskletStruct.class,
            "tasklet_struct",
            tasklet -> (tasklet.state() & 1 << TaskletStruct.TASKLET_STATE_SCHED) != 0,
            tasklet -> tasklet.__origin,
            (context, tasklet) -> tasklets.disableNosync(context, tasklet)),
        new Tracked<>(
            WorkStruct.class,
            "work_struct",
            work -> works.isPending(Current.get(), work),
            work -> work.__origin,
            (context, work) -> works.cancel(context, work, false)),
        new Tracked<>(
            DelayedWork.class,
            "work_struct",
            delayed -> works.isPending(Current.get(), delayed.work),
            delayed -> delayed.work.__origin,
            (context, delayed) -> works.cancelDelayed(context, delayed, false)));
  }

  /** One kind. */
  private record Tracked<T>(
      Class<T> type,
      String structName,
      Predicate<T> isActive,
      Function<T, Origin> origin,
      BiConsumer<Context, T> takeOut)
      implements ActiveObject {
    @Override
    public String activeHint(Context context, Object struct) {
      Origin of = origin.apply(type.cast(struct));
      boolean isOurs = of != null && of.kernel == context.kernel;
      return isOurs && isActive.test(type.cast(struct)) ? of.symbol() : null;
    }

    @Override
    public void deactivate(Context context, Object struct) {
      takeOut.accept(context, type.cast(struct));
    }
  }
}
