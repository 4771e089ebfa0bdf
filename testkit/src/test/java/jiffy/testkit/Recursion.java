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

  private Recursion() {}

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
    Thread thread =
        new Thread(
            null,
            () -> {
              try (Attachment here = machine.attach("r")) {
                pad(pad, call);
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
