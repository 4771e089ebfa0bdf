package jiffy.runtime.sched;

import static jiffy.linux.Sched.TASK_RUNNING;

import java.util.List;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.types.TaskStruct;

/**
 * The tasks of a kernel: starts them, lists them, lets foreign threads join.
 *
 * <p>New tasks are spread over the CPUs in turn and stay where they are. Thread safe.
 */
public final class Tasks {
  private final Arch arch;
  private final Contexts contexts;
  private final ConcurrentSkipListMap<Integer, Task> running = new ConcurrentSkipListMap<>();
  private final AtomicInteger nextCpu = new AtomicInteger();

  /** No task yet. */
  public Tasks(Arch arch, Contexts contexts) {
    this.arch = arch;
    this.contexts = contexts;
  }

  /**
   * Starts a task on a thread of its own.
   *
   * @param comm its name, cut to 15 characters
   * @param owner on whose behalf it runs at first
   * @param body what it runs; what that throws is kept as {@link Task#failure}, printing it is the
   *     caller's to do
   * @throws IllegalStateException if no thread can be made for it
   */
  public Task spawn(String comm, Owner owner, Task.Body body) {
    return spawn(comm, owner, pickCpu().number, body);
  }

  /** As above, on that CPU. */
  public Task spawn(String comm, Owner owner, int cpu, Task.Body body) {
    TaskStruct struct = new TaskStruct(contexts.nextPid(), comm);
    Task task = new Task(arch, struct, contexts.cpus().get(cpu));
    start(task, owner, body);
    return task;
  }

  /** Starts a task that was made; it begins when its state is TASK_RUNNING. */
  void start(Task task, Owner owner, Task.Body body) {
    running.put(task.struct.pid, task);
    try {
      arch.spawn(task.struct.comm, thread -> live(task, thread, owner, body));
    } catch (IllegalStateException e) {
      running.remove(task.struct.pid);
      throw e;
    }
  }

  private void live(Task task, HwThread thread, Owner owner, Task.Body body) {
    task.struct.__sleeper = thread;
    while (task.struct.__state != TASK_RUNNING) { // a kernel thread that nobody has woken yet
      arch.park(thread, Arch.NEVER);
    }
    task.struct.__sleeper = null;
    Context context = contexts.make(thread, task.cpu(), task.struct);
    context.setOwner(owner);
    Current.bind(context);
    task.begin(context);
    int value = 0;
    Throwable thrown = null;
    try {
      value = body.run();
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      thrown = e;
    } finally {
      context.exit();
      Current.bind(null);
      contexts.remove(context);
      running.remove(task.struct.pid);
      task.end(value, thrown);
    }
  }

  /**
   * Makes the calling thread a task until it is closed. A thread that is one already, of this
   * kernel, stays what it is, and closing does nothing.
   *
   * @param comm its name
   */
  public Attachment attach(String comm) {
    return attach(comm, null);
  }

  /** As above; a new task is on that CPU. */
  public Attachment attach(String comm, int cpu) {
    return attach(comm, contexts.cpus().get(cpu));
  }

  private Attachment attach(String comm, Cpu given) {
    Current before = Current.orNull();
    if (before != null && before.kernel == contexts.kernel()) {
      return new Attachment(this, (Context) before, null, false);
    }
    HwThread thread = arch.attach();
    Cpu cpu = given == null ? pickCpu() : given;
    Context context = contexts.make(thread, cpu, new TaskStruct(contexts.nextPid(), comm));
    return new Attachment(this, context, Current.bind(context), true);
  }

  void detach(Attachment attachment) {
    attachment.context.exit();
    Current.bind(attachment.before);
    contexts.remove(attachment.context);
    arch.detach(attachment.context.thread);
  }

  /** The tasks that {@link #spawn} started and that have not ended, by pid. */
  public List<Task> running() {
    return List.copyOf(running.values());
  }

  /**
   * From now on the task works for a user who is neither the one that the kernel belongs to nor
   * root. There is no way back. By the task itself; one that {@link #spawn} started.
   */
  public static void dropPrivileges(TaskStruct task) {
    ((Task) task.__task).dropPrivileges();
  }

  /**
   * {@code capable}, of all capabilities at once: whether it works for the kernel, for the user
   * whose kernel this is, or for root. So do all tasks but those that were told otherwise.
   */
  public static boolean isPrivileged(TaskStruct task) {
    return !(task.__task instanceof Task known && known.isUnprivileged());
  }

  /** A place for a new task: each CPU in turn. */
  Cpu pickCpu() {
    List<Cpu> cpus = contexts.cpus();
    return cpus.get(Math.floorMod(nextCpu.getAndIncrement(), cpus.size()));
  }
}
