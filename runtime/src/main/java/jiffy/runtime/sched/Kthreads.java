package jiffy.runtime.sched;

import static jiffy.linux.Errno.EDEADLK;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Errno.ESRCH;
import static jiffy.linux.Sched.TASK_NORMAL;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.Expelled;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.types.KthreadFunction;
import jiffy.types.TaskStruct;

/**
 * The kernel threads of modules: {@code kthread_create} to {@code kthread_stop}, and what rmmod
 * does with those that are left.
 *
 * <p>Thread safe. Making and waking one is for any context, stopping waits and is for process
 * context.
 */
public final class Kthreads implements Owned {
  /**
   * How long rmmod waits for a thread that it has asked to stop, and again after a signal: 2.5 s.
   */
  private static final long STOP_WAIT_NANOS = 2_500_000_000L;

  private final Arch arch;
  private final Contexts contexts;
  private final Tasks tasks;
  private final Scheduler scheduler;
  private final Origins origins;
  private final KernelLog log;
  private final KthreadParking parking;

  /** No thread yet. */
  public Kthreads(
      Arch arch,
      Contexts contexts,
      Tasks tasks,
      Scheduler scheduler,
      Origins origins,
      KernelLog log) {
    this.arch = arch;
    this.contexts = contexts;
    this.tasks = tasks;
    this.scheduler = scheduler;
    this.origins = origins;
    this.log = log;
    this.parking = new KthreadParking(scheduler);
  }

  /** {@code kthread_create}; null if no thread can be had or the function's module goes. */
  public TaskStruct create(Context context, KthreadFunction function, Object data, String name) {
    Origin origin = origins.of(context, function);
    if (origin.owner.isGoing()) {
      return null;
    }
    TaskStruct struct = new TaskStruct(contexts.nextPid(), name);
    struct.__state = TASK_UNINTERRUPTIBLE;
    Kthread thread = new Kthread(arch, struct, tasks.pickCpu(), origin, data);
    try {
      tasks.start(thread, origin.owner, () -> live(thread, function));
    } catch (IllegalStateException | OutOfMemoryError e) {
      log.print(KernelLog.ERR, origin.owner.name + ": no kernel thread " + name + ": " + e);
      return null;
    }
    return struct;
  }

  private int live(Kthread thread, KthreadFunction function) {
    thread.hasBegun = true;
    if (thread.shouldStop) {
      return -EINTR;
    }
    Thread.currentThread().setContextClassLoader(function.getClass().getClassLoader());
    try {
      parking.parkMe((Context) Current.get()); // only if it has been asked to
      return function.run(thread.data);
    } catch (SimHalt e) {
      throw e;
    } catch (Expelled e) {
      return -EINTR;
    } catch (Throwable e) {
      Context context = (Context) Current.get();
      Oops.print(log, thread.origin.owner.name, "kthread " + thread.origin.function, e, context);
      return -EFAULT;
    }
  }

  /** {@code kthread_bind}: only before it begins. */
  public void bind(TaskStruct struct, int cpu) {
    Kthread thread = Kthread.of(struct);
    if (thread == null || thread.hasBegun || cpu < 0 || cpu >= contexts.cpus().size()) {
      log.print(
          KernelLog.WARNING,
          "kthread_bind: "
              + struct
              + " to CPU "
              + cpu
              + ": ignored; it has begun, or there is no such CPU");
      return;
    }
    thread.moveTo(contexts.cpus().get(cpu));
  }

  /** {@code kthread_stop}; what it returns is said at the API. */
  public int stop(Context caller, TaskStruct struct) {
    Kthread thread = Kthread.of(struct);
    if (thread == null) {
      return -ESRCH;
    }
    if (struct == caller.task()) {
      log.print(KernelLog.WARNING, "kthread_stop: " + struct + " would wait for itself: ignored");
      return -EDEADLK;
    }
    scheduler.leaveAtomic(caller);
    askToStop(thread);
    thread.join(caller);
    return thread.exitValue();
  }

  private void askToStop(Kthread thread) {
    thread.shouldStop = true;
    parking.unpark(thread.struct);
    scheduler.wakeUp(thread.struct, TASK_NORMAL);
  }

  /** {@code kthread_should_stop}; false for who is none. */
  public boolean shouldStop(Context context) {
    Kthread thread = Kthread.of(context.task());
    return thread != null && thread.shouldStop;
  }

  /** {@code kthread_data}; null for who is none. */
  public Object data(TaskStruct struct) {
    Kthread thread = Kthread.of(struct);
    return thread == null ? null : thread.data;
  }

  /** {@code kthread_park}; what it returns is said at the API. */
  public int park(Context caller, TaskStruct struct) {
    return parking.park(caller, struct);
  }

  /** {@code kthread_unpark}. */
  public void unpark(TaskStruct struct) {
    parking.unpark(struct);
  }

  /** {@code kthread_should_park}; false for who is none. */
  public boolean shouldPark(Context context) {
    return parking.shouldPark(context);
  }

  /** {@code kthread_parkme}. */
  public void parkMe(Context context) {
    parking.parkMe(context);
  }

  @Override
  public String kind() {
    return "task";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    List<String> lines = new ArrayList<>();
    for (Kthread thread : of(owner)) {
      lines.add(thread.struct + ", " + thread.origin);
    }
    return lines;
  }

  private List<Kthread> of(Owner owner) {
    List<Kthread> found = new ArrayList<>();
    for (Task task : tasks.running()) {
      if (task instanceof Kthread && ((Kthread) task).origin.owner == owner) {
        found.add((Kthread) task);
      }
    }
    return found;
  }

  @Override
  public int release(Context caller, Owner owner) {
    List<Kthread> left = of(owner);
    left.forEach(this::askToStop);
    join(caller, left);
    for (Kthread thread : left) { // one that waits for what will never be
      if (!thread.isEnded()) {
        scheduler.signal(thread.struct, Scheduler.SIGKILL);
      }
    }
    join(caller, left);
    for (Kthread thread : left) {
      if (!thread.isEnded()) {
        log.print(
            KernelLog.ALERT,
            owner.name + ": task " + thread.struct + " has not ended: it is left to itself");
      }
    }
    return left.size();
  }

  @Override
  public void expel(Owner owner) {
    for (Kthread thread : of(owner)) {
      Context context = thread.context();
      if (context != null) {
        context.expel("module " + owner.name + " was given up, and this kernel thread with it");
      }
    }
  }

  private void join(Context caller, List<Kthread> threads) {
    long until = arch.now() + STOP_WAIT_NANOS;
    for (Kthread thread : threads) {
      thread.join(caller, until);
    }
  }
}
