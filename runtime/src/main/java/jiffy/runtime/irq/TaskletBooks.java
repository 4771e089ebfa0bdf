package jiffy.runtime.irq;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Owned;
import jiffy.runtime.context.WaitList;
import jiffy.types.TaskletStruct;

/**
 * The tasklets that a module has left scheduled. Its owner is going: so each CPU's thread puts them
 * aside instead of running them, and an errand finds them there.
 */
final class TaskletBooks implements Owned {
  /** How long rmmod waits for a callback that runs: 5 s. */
  private static final long CALLBACK_WAIT_NANOS = 5_000_000_000L;

  /** How long for a CPU to answer what is there; one that a callback keeps is asked again: 1 s. */
  private static final long ANSWER_WAIT_NANOS = 1_000_000_000L;

  /** Between two looks at a callback that runs: 10 ms. */
  private static final long LOOK_NANOS = 10_000_000L;

  private final Tasklets tasklets;
  private final Arch arch;
  private final Softirqs softirqs;
  private final List<TaskletList> lists;
  private final WaitList answers;

  TaskletBooks(Tasklets tasklets, Arch arch, Softirqs softirqs, List<TaskletList> lists) {
    this.tasklets = tasklets;
    this.arch = arch;
    this.softirqs = softirqs;
    this.lists = List.copyOf(lists);
    this.answers = new WaitList(arch);
  }

  @Override
  public String kind() {
    return "tasklet";
  }

  @Override
  public List<String> heldBy(Owner owner) {
    Queue<String> lines = new ConcurrentLinkedQueue<>();
    ask(
        (Context) Current.get(),
        list ->
            list.removeAside(
                each -> {
                  if (isOf(each, owner)) {
                    lines.add(describe(each));
                  }
                  return false;
                },
                each -> {}));
    return List.copyOf(lines);
  }

  private static String describe(TaskletStruct tasklet) {
    return tasklet.__origin
        + ", scheduled"
        + (tasklet.count == 0 ? "" : ", disabled (count " + tasklet.count + ")");
  }

  private static boolean isOf(TaskletStruct tasklet, Owner owner) {
    return tasklet.__origin.owner == owner;
  }

  @Override
  public int release(Context caller, Owner owner) {
    for (TaskletList list : lists) {
      long until = arch.now() + CALLBACK_WAIT_NANOS;
      while (list.slot.runs(owner) && arch.now() < until) {
        caller.park(arch.now() + LOOK_NANOS);
      }
      tasklets.giveUp(caller, list, owner);
    }
    AtomicInteger released = new AtomicInteger();
    ask(
        caller,
        list ->
            list.removeAside(
                each -> isOf(each, owner),
                each -> {
                  each.__next = null;
                  released.incrementAndGet();
                }));
    return released.get();
  }

  /** Has each CPU's thread do it, on lists that may hold something; waits, bounded. */
  private void ask(Context caller, Consumer<TaskletList> question) {
    List<TaskletList> asked = lists.stream().filter(list -> !list.isEmpty()).toList();
    AtomicInteger open = new AtomicInteger(asked.size());
    for (TaskletList list : asked) {
      list.addErrand(
          on -> {
            question.accept(on);
            open.decrementAndGet();
            answers.wakeAll();
          });
      softirqs.raiseOn(list.cpu, list.vector);
    }
    answers.await(caller.thread, arch.now() + ANSWER_WAIT_NANOS, () -> open.get() == 0);
  }
}
