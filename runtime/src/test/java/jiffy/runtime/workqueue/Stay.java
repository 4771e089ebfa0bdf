package jiffy.runtime.workqueue;

import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.complete_all;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Completions.wait_for_completion_timeout;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.linux.Sched;
import jiffy.runtime.TestKernel;
import jiffy.types.Completion;
import jiffy.types.TaskStruct;

/**
 * Where items stay, asleep in their functions, until they are let go. A test that waits for one in
 * the kernel has it let go as soon as the test itself is seen to sleep.
 */
final class Stay implements AutoCloseable {
  /** Jiffies after which a wait for what must come has failed. */
  static final long NEVER = 7_500;

  private final TestKernel kernel;
  private final Completion entered = new Completion();
  private final Completion release = new Completion();
  private volatile boolean left;
  private volatile boolean waits;
  private volatile boolean over;

  Stay(TestKernel kernel) {
    this.kernel = kernel;
  }

  /** Tells the test that it has begun, and sleeps until it is let go. */
  void stay() {
    complete(entered);
    wait_for_completion(release);
    left = true;
  }

  /** Tells the test that it has begun, and goes on. */
  void enter() {
    complete(entered);
  }

  /** Returns when one more has begun. */
  void awaitEntered() {
    assertThat(wait_for_completion_timeout(entered, NEVER)).as("has begun").isPositive();
  }

  /** Whether one has been let go. */
  boolean isLeft() {
    return left;
  }

  /** One of them goes on. */
  void letOneGo() {
    complete(release);
  }

  /** All go on, and nobody stays any more. */
  void letGo() {
    complete_all(release);
  }

  /** The next call of the test that sleeps in the kernel finds out what it waits for. */
  void letGoOnceTheTestSleeps() {
    onceTheTestSleeps(() -> {});
  }

  /** As {@link #letGoOnceTheTestSleeps}, after something that another task does first. */
  void onceTheTestSleeps(Runnable first) {
    TaskStruct test = kernel.self.context().task();
    kernel.start(
        "releaser",
        () -> {
          while (!over && !(waits && test.__state != Sched.TASK_RUNNING)) {
            Sched.yield();
          }
          if (!over) {
            first.run();
          }
          letGo();
          return 0;
        });
    waits = true;
  }

  @Override
  public void close() {
    over = true;
    letGo();
  }
}
