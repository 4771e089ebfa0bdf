package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.IntConsumer;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;

/** Overflows stacks, and looks what has become of the log. */
final class Recursion {
  /** How many stacks. */
  static final int ROUNDS = 40;

  private static final long STACK_BYTES = 1 << 18;

  /** By how much sooner the end is near in each round, in frames of {@link #recurse}. */
  private static final int NEARER = 10;

  private Recursion() {}

  /** What is done at each depth; where the stack is about to end also what takes long. */
  @FunctionalInterface
  interface Call {
    void at(int depth, boolean isNearTheEnd);
  }

  static void assertLogWorks(Machine machine) {
    machine.print(6, "the log goes on");
    assertThat(machine.dmesg()).last().asString().endsWith("] the log goes on");
    for (int i = 0; i < 5_000; i++) {
      machine.print(6, "once round " + i);
    }
    assertThat(machine.dmesg()).last().asString().endsWith("] once round 4999");
    assertThat(machine.log().ring().dropped()).isZero();
  }

  /** Overflows the stack of many threads, each at another depth. */
  static void overflow(Machine machine, IntConsumer call) {
    for (int round = 0; round < ROUNDS; round++) {
      overflow(machine, round, call);
    }
  }

  static void overflow(Machine machine, int pad, IntConsumer call) {
    onASmallStack(machine, () -> pad(pad, call));
  }

  /**
   * As above, twice on each thread: the first time shows how deep the stack is. The end is near
   * with less or more of the stack left, from far too little for a sleep to enough for one.
   */
  static void overflowLookingAhead(Machine machine, Call call) {
    for (int round = 0; round < ROUNDS; round++) {
      int pad = round;
      onASmallStack(machine, () -> padTwice(pad, (pad + 1) * NEARER, call));
    }
  }

  private static void padTwice(int frames, int nearFrames, Call call) {
    int[] deepest = new int[1];
    try {
      pad(
          frames,
          depth -> {
            deepest[0] = depth;
            call.at(depth, false);
          });
    } catch (StackOverflowError e) {
      int near = deepest[0] - nearFrames;
      pad(frames, depth -> call.at(depth, depth > near));
    }
  }

  private static void onASmallStack(Machine machine, Runnable body) {
    Thread thread =
        new Thread(
            null,
            () -> {
              try (Attachment here = machine.attach("r")) {
                body.run();
              } catch (StackOverflowError e) {
                return; // as intended
              }
            },
            "recursion",
            STACK_BYTES);
    thread.start();
    join(thread);
  }

  private static void pad(int frames, IntConsumer call) {
    if (frames > 0) {
      pad(frames - 1, call);
    } else {
      recurse(0, call);
    }
  }

  @SuppressWarnings("InfiniteRecursion") // on purpose
  private static void recurse(int depth, IntConsumer call) {
    call.accept(depth);
    recurse(depth + 1, call);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
