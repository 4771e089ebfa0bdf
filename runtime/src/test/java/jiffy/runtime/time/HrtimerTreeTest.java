package jiffy.runtime.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import jiffy.types.Hrtimer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tree beside a sorted set. */
class HrtimerTreeTest {
  private static final int OPERATIONS = 20_000;

  private final HrtimerTree tree = new HrtimerTree();
  private final TreeSet<Hrtimer> oracle =
      new TreeSet<>(
          Comparator.<Hrtimer>comparingLong(t -> t.__key).thenComparingLong(t -> t.__order));

  private boolean add(Hrtimer timer, long key) {
    boolean leads = tree.add(timer, key);
    oracle.add(timer);
    return leads;
  }

  private boolean remove(Hrtimer timer) {
    oracle.remove(timer);
    return tree.remove(timer);
  }

  private void assertSame() {
    List<Hrtimer> all = new ArrayList<>();
    tree.forEach(all::add);
    assertThat(all).containsExactlyElementsOf(oracle);
    assertThat(tree.first()).isSameAs(oracle.isEmpty() ? null : oracle.first());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 10, 1_000, Long.MAX_VALUE})
  void operations_atRandom_agreeWithASortedSet(long range) {
    Random random = new Random(range);
    List<Hrtimer> timers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      timers.add(new Hrtimer());
    }
    for (int i = 0; i < OPERATIONS; i++) {
      Hrtimer timer = timers.get(random.nextInt(timers.size()));
      if (timer.__queued) {
        assertThat(remove(timer)).isTrue();
        assertThat(timer.__left).isNull();
        assertThat(timer.__right).isNull();
      } else {
        long key = Math.floorMod(random.nextLong(), range) - range / 2;
        assertThat(add(timer, key)).isEqualTo(tree.first() == timer);
      }
      assertThat(tree.first()).isSameAs(oracle.isEmpty() ? null : oracle.first());
      if (i % 100 == 0) {
        assertSame();
      }
    }
    while (tree.first() != null) {
      assertThat(tree.first()).isSameAs(oracle.first());
      remove(tree.first());
    }
    assertSame();
  }

  @Test
  void remove_ofATimerThatIsNotQueued_returnsFalse() {
    Hrtimer timer = new Hrtimer();
    assertThat(tree.remove(timer)).isFalse();
    add(timer, 5);
    assertThat(remove(timer)).isTrue();
    assertThat(tree.remove(timer)).isFalse();
    assertThat(tree.first()).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, -1, 0})
  void depth_ofTimersAddedInOrder_isLogarithmic(int direction) {
    int count = 100_000;
    for (int i = 0; i < count; i++) {
      tree.add(new Hrtimer(), (long) i * direction);
    }
    List<Hrtimer> all = new ArrayList<>();
    tree.forEach(all::add);
    assertThat(all).hasSize(count);
    Hrtimer root = all.stream().max(Comparator.comparingInt(t -> t.__weight)).orElseThrow();
    // 2 ln n is 23 on average; so deep a tree of random weights does not happen
    assertThat(depth(root)).isLessThan(70);
  }

  private static int depth(Hrtimer timer) {
    return timer == null ? 0 : 1 + Math.max(depth(timer.__left), depth(timer.__right));
  }
}
