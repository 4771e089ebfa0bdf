package jiffy.runtime.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four threads push, one takes. Forbidden: a tasklet that is lost or taken twice, one of a pusher's
 * before an earlier one of the same pusher, one without a link while it is on the list. Length:
 * {@code -Djiffy.stress=SECONDS}.
 */
class TaskletListStressTest {
  private static final int PUSHERS = 4;
  private static final int EACH = 20_000;

  private static final class Numbered extends TaskletStruct {
    final int pusher;
    final int number;

    Numbered(int pusher, int number) {
      this.pusher = pusher;
      this.number = number;
    }
  }

  @Test
  void take_ofWhatOneThreadPushed_isInTheOrderOfPushing() {
    TaskletList list = new TaskletList(0, Vector.TASKLET);
    List<Integer> taken = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      list.mouth.push(new Numbered(0, i));
    }
    list.beginPass();
    for (TaskletStruct each = list.next(); each != null; each = list.next()) {
      taken.add(((Numbered) each).number);
    }
    list.endPass(true, true);
    assertThat(taken).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(list.isEmpty()).isTrue();
  }

  @Test
  void setAside_ofSome_comesBeforeWhatIsPushedLater() {
    TaskletList list = new TaskletList(0, Vector.TASKLET);
    Numbered first = new Numbered(0, 1);
    list.mouth.push(first);
    list.beginPass();
    list.setAside(list.next());
    list.endPass(true, true);
    assertThat(first.__aside).isSameAs(list);
    assertThat(list.isEmpty()).isFalse();
    list.mouth.push(new Numbered(0, 2));
    list.beginPass();
    assertThat(list.next()).isSameAs(first);
    assertThat(first.__aside).isNull();
    assertThat(((Numbered) list.next()).number).isEqualTo(2);
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void push_byManyThreads_losesAndReordersNothing() throws Exception {
    long until = System.nanoTime() + Long.getLong("jiffy.stress", 1) * 1_000_000_000L / 2;
    int rounds = 0;
    do {
      round();
      rounds++;
    } while (System.nanoTime() < until);
    System.out.println("tasklet list: " + (long) rounds * PUSHERS * EACH + " pushes");
  }

  private static void round() throws Exception {
    TaskletList list = new TaskletList(0, Vector.TASKLET);
    CyclicBarrier start = new CyclicBarrier(PUSHERS + 1);
    List<Thread> pushers = new ArrayList<>();
    AtomicBoolean failed = new AtomicBoolean();
    for (int p = 0; p < PUSHERS; p++) {
      int pusher = p;
      Thread thread = new Thread(() -> push(list, pusher, start, failed));
      thread.start();
      pushers.add(thread);
    }
    start.await();
    int[] next = new int[PUSHERS];
    for (int left = PUSHERS * EACH; left > 0 && !failed.get(); ) {
      list.beginPass();
      for (TaskletStruct each = list.next(); each != null; each = list.next()) {
        Numbered taken = (Numbered) each;
        assertThat(taken.__next).isNotNull();
        assertThat(taken.number).isEqualTo(next[taken.pusher]++);
        taken.__next = null;
        left--;
      }
      list.endPass(true, true);
      Thread.onSpinWait();
    }
    for (Thread thread : pushers) {
      thread.join();
    }
    assertThat(failed).isFalse();
    assertThat(list.isEmpty()).isTrue();
  }

  private static void push(
      TaskletList list, int pusher, CyclicBarrier start, AtomicBoolean failed) {
    try {
      start.await();
      for (int i = 0; i < EACH; i++) {
        list.mouth.push(new Numbered(pusher, i));
      }
    } catch (Exception e) {
      failed.set(true);
    }
  }
}
