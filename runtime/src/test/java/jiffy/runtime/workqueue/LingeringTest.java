package jiffy.runtime.workqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import jiffy.kernel.Current;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.ArchStub;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.types.TaskStruct;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a kworker that has run out of items looks for more before it rests. */
class LingeringTest {
  private static final int EARNS = 32;

  private final SimArch sim = new SimArch();
  private final List<Integer> ran = new ArrayList<>();

  /** How many had run at each time that it lingered. */
  private final List<Integer> lingered = new ArrayList<>();

  /** What happens meanwhile; whether it sees more. */
  private Predicate<BooleanSupplier> meanwhile = BooleanSupplier::getAsBoolean;

  private final Arch arch = ArchStub.of(sim, this::answer);
  private final Contexts contexts = new Contexts(arch, 1);
  private final Context context =
      contexts.make(sim.attach(), contexts.cpus().get(0), new TaskStruct(1, "kworker/0:0"));
  private final WorkerPool pool =
      new WorkerPool(arch, null, null, (level, text) -> {}, "0", "", 0, 1);
  private final Workqueue queue = new Workqueue("queue", Owner.CORE, 0, 1_000, List.of(pool), null);
  private final Worker worker = new Worker(pool, 0);

  private Object answer(String method, Object[] arguments) {
    switch (method) {
      case "linger":
        lingered.add(ran.size());
        return meanwhile.test((BooleanSupplier) arguments[0]);
      case "park": // it rests
        pool.stop(context);
        return null;
      default:
        return ArchStub.PASS_ON;
    }
  }

  @AfterEach
  void switchOff() {
    Current.bind(null);
    sim.close();
  }

  private void queue(int from, int to) {
    for (int i = from; i < to; i++) {
      int number = i;
      queue(w -> ran.add(number));
    }
  }

  private void queue(WorkFunction function) {
    WorkStruct work = new WorkStruct();
    work.func = function;
    work.__origin = new Origin(context.kernel, Owner.CORE, "item", "here");
    pool.lock(arch, context);
    queue.of(0).insert(work);
    pool.unlock();
  }

  /** Until it rests. */
  private void live() {
    Current.bind(context);
    pool.watched = true; // by nobody: nothing here computes for long
    worker.live();
  }

  private void assertRan(int items) {
    assertThat(ran).containsExactlyElementsOf(IntStream.range(0, items).boxed().toList());
  }

  @Test
  void serve_fewItems_rests() {
    queue(0, EARNS - 1);
    live();
    assertRan(EARNS - 1);
    assertThat(lingered).isEmpty();
  }

  @Test
  void linger_anItemComes_runsItAndLingersAgain() {
    queue(0, EARNS);
    meanwhile =
        sees -> {
          assertThat(pool.held).as("the pool's lock").isZero();
          assertThat(worker.current).isNull();
          assertThat(sees.getAsBoolean()).isFalse();
          if (lingered.size() < 4) {
            queue(ran.size(), ran.size() + 1);
          }
          return sees.getAsBoolean();
        };
    live();
    assertRan(EARNS + 3);
    assertThat(lingered).containsExactly(EARNS, EARNS + 1, EARNS + 2, EARNS + 3);
  }

  @Test
  void linger_inVain_isEarnedAnew() {
    queue(0, EARNS);
    meanwhile =
        sees -> {
          if (lingered.size() == 1) { // too late, as far as it knows
            queue(EARNS, 2 * EARNS - 1);
          }
          return false;
        };
    live();
    assertRan(2 * EARNS - 1);
    assertThat(lingered).containsExactly(EARNS);
  }

  @Test
  void linger_whileAnotherComputes_isLeftOut() {
    queue(0, EARNS);
    queue(w -> pool.running++);
    live();
    assertRan(EARNS);
    assertThat(lingered).isEmpty();
  }

  @Test
  void linger_ofAPoolThatStops_isLeftOut() {
    queue(0, EARNS);
    queue(w -> pool.stop(context));
    live();
    assertRan(EARNS);
    assertThat(lingered).isEmpty();
  }
}
