package jiffy.linux;

import static jiffy.linux.Lists.INIT_LIST_HEAD;
import static jiffy.linux.Lists.LIST_HEAD;
import static jiffy.linux.Lists.list_add;
import static jiffy.linux.Lists.list_add_tail;
import static jiffy.linux.Lists.list_del;
import static jiffy.linux.Lists.list_del_init;
import static jiffy.linux.Lists.list_empty;
import static jiffy.linux.Lists.list_entry;
import static jiffy.linux.Lists.list_first_entry;
import static jiffy.linux.Lists.list_first_entry_or_null;
import static jiffy.linux.Lists.list_for_each;
import static jiffy.linux.Lists.list_for_each_entry;
import static jiffy.linux.Lists.list_for_each_entry_reverse;
import static jiffy.linux.Lists.list_for_each_entry_safe;
import static jiffy.linux.Lists.list_for_each_prev;
import static jiffy.linux.Lists.list_for_each_prev_safe;
import static jiffy.linux.Lists.list_for_each_safe;
import static jiffy.linux.Lists.list_is_first;
import static jiffy.linux.Lists.list_is_last;
import static jiffy.linux.Lists.list_is_singular;
import static jiffy.linux.Lists.list_last_entry;
import static jiffy.linux.Lists.list_move;
import static jiffy.linux.Lists.list_move_tail;
import static jiffy.linux.Lists.list_next_entry;
import static jiffy.linux.Lists.list_prev_entry;
import static jiffy.linux.Lists.list_replace;
import static jiffy.linux.Lists.list_replace_init;
import static jiffy.linux.Lists.list_splice;
import static jiffy.linux.Lists.list_splice_init;
import static jiffy.linux.Lists.list_splice_tail;
import static jiffy.linux.Lists.list_splice_tail_init;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.ListHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Lists beside a deque, and what is found broken. */
@OnBothPlatforms
class ListsTest {
  private static final class Item {
    final int number;
    final ListHead head = ListHead.in(this);
    final ListHead other = ListHead.in(this);

    Item(int number) {
      this.number = number;
    }
  }

  private final TestKernel kernel;
  private final Machine machine;
  private final ListHead list = LIST_HEAD();
  private final ListHead second = LIST_HEAD();
  private final Item[] items = new Item[8];

  ListsTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    for (int i = 0; i < items.length; i++) {
      items[i] = new Item(i);
    }
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void fill(ListHead head, int from, int to) {
    for (int i = from; i < to; i++) {
      list_add_tail(items[i].head, head);
    }
  }

  /** Forwards; that it is the same backwards is checked on the way. */
  private static List<Integer> numbers(ListHead head) {
    List<Integer> forwards = new ArrayList<>();
    for (Item item : list_for_each_entry(head, Item.class)) {
      forwards.add(item.number);
    }
    List<Integer> backwards = new ArrayList<>();
    for (Item item : list_for_each_entry_reverse(head, Item.class)) {
      backwards.add(0, item.number);
    }
    assertThat(backwards).isEqualTo(forwards);
    return forwards;
  }

  @Test
  void list_add_isAStack_andTailAQueue() {
    list_add(items[0].head, list);
    list_add(items[1].head, list);
    list_add_tail(items[2].head, list);
    assertThat(numbers(list)).containsExactly(1, 0, 2);
  }

  @Test
  void random_operations_areThoseOfADeque() {
    Random random = new Random(7);
    Deque<Integer> oracle = new ArrayDeque<>();
    for (int step = 0; step < 5_000; step++) {
      Item item = items[random.nextInt(items.length)];
      boolean isIn = oracle.contains(item.number);
      switch (random.nextInt(4)) {
        case 0 -> {
          if (isIn) {
            list_move(item.head, list);
          } else {
            list_add(item.head, list);
          }
          oracle.remove(item.number);
          oracle.addFirst(item.number);
        }
        case 1 -> {
          if (isIn) {
            list_move_tail(item.head, list);
          } else {
            list_add_tail(item.head, list);
          }
          oracle.remove(item.number);
          oracle.addLast(item.number);
        }
        case 2 -> {
          if (isIn) {
            list_del(item.head);
          }
          oracle.remove(item.number);
        }
        default -> {
          if (isIn) {
            list_del_init(item.head);
            assertThat(list_empty(item.head)).isTrue();
          }
          oracle.remove(item.number);
        }
      }
      assertThat(numbers(list)).containsExactlyElementsOf(oracle);
    }
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("corruption"));
  }

  @Test
  void questions_onNoneOneAndTwo() {
    assertThat(list_empty(list)).isTrue();
    assertThat(list_is_singular(list)).isFalse();
    assertThat(list_first_entry_or_null(list, Item.class)).isNull();
    fill(list, 0, 1);
    assertThat(list_empty(list)).isFalse();
    assertThat(list_is_singular(list)).isTrue();
    fill(list, 1, 2);
    assertThat(list_is_singular(list)).isFalse();
    assertThat(list_first_entry(list, Item.class)).isSameAs(items[0]);
    assertThat(list_last_entry(list, Item.class)).isSameAs(items[1]);
    assertThat(list_next_entry(items[0], items[0].head)).isSameAs(items[1]);
    assertThat(list_prev_entry(items[1], items[1].head)).isSameAs(items[0]);
    assertThat(list_is_first(items[0].head, list)).isTrue();
    assertThat(list_is_last(items[0].head, list)).isFalse();
    assertThat(list_is_last(items[1].head, list)).isTrue();
    assertThat(list_is_first(items[1].head, list)).isFalse();
  }

  @Test
  void list_splice_toTheFrontAndToTheEnd() {
    fill(list, 0, 2);
    fill(second, 2, 4);
    list_splice_init(second, list);
    assertThat(numbers(list)).containsExactly(2, 3, 0, 1);
    assertThat(list_empty(second)).isTrue();
    fill(second, 4, 6);
    list_splice_tail_init(second, list);
    assertThat(numbers(list)).containsExactly(2, 3, 0, 1, 4, 5);
    list_splice(second, list);
    list_splice_tail(second, list);
    assertThat(numbers(list)).as("of nothing, nothing").hasSize(6);
  }

  @Test
  void list_replace_putsOneIntoTheOthersPlace() {
    fill(list, 0, 3);
    list_replace(items[1].head, items[5].head);
    assertThat(numbers(list)).containsExactly(0, 5, 2);
    list_replace_init(items[0].head, items[6].head);
    assertThat(numbers(list)).containsExactly(6, 5, 2);
    assertThat(list_empty(items[0].head)).isTrue();
  }

  @Test
  void list_for_each_safe_mayDeleteTheOneItIsAt() {
    fill(list, 0, 6);
    for (ListHead pos : list_for_each_safe(list)) {
      if (list_entry(pos, Item.class).number % 2 == 0) {
        list_del(pos);
      }
    }
    assertThat(numbers(list)).containsExactly(1, 3, 5);
    for (ListHead pos : list_for_each_prev_safe(list)) {
      if (list_entry(pos, Item.class).number == 3) {
        list_del(pos);
      }
    }
    for (Item item : list_for_each_entry_safe(list, Item.class)) {
      list_del(item.head);
    }
    assertThat(list_empty(list)).isTrue();
  }

  @Test
  void list_for_each_seesWhatTheBodyAdds() {
    fill(list, 0, 2);
    int seen = 0;
    for (ListHead pos : list_for_each(list)) {
      seen++;
      if (list_entry(pos, Item.class).number == 1) {
        fill(list, 2, 3);
      }
    }
    assertThat(seen).isEqualTo(3);
    assertThat(list_for_each_prev(list).iterator().next()).isSameAs(items[2].head);
  }

  @Test
  void list_for_each_whoseBodyDeletes_saysWhatToDo() {
    fill(list, 0, 3);
    assertThatThrownBy(
            () -> {
              for (ListHead pos : list_for_each(list)) {
                list_del(pos);
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("wants list_for_each_safe");
    assertThatThrownBy(
            () -> {
              for (ListHead pos : list_for_each_safe(list)) {
                list_del(pos.next);
              }
            })
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no other");
  }

  @Test
  void list_entry_ofWhatIsNoFieldOfSuchAnObject_namesBoth() {
    assertThat(list_entry(items[3].other, Item.class)).isSameAs(items[3]);
    assertThatThrownBy(() -> list_entry(list, Item.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a field of no object")
        .hasMessageContaining(Item.class.getName());
    assertThatThrownBy(() -> list_entry(items[0].head, String.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a field of a " + Item.class.getName());
    assertThatThrownBy(() -> list_entry(ListHead.LIST_POISON1, Item.class))
        .hasMessageContaining("poison");
  }

  private void assertReported(String pattern) {
    assertThat(machine.dmesg())
        .anySatisfy(line -> assertThat(line).matches(".*] " + pattern))
        .anyMatch(line -> line.contains("WARNING: CPU: 0 PID: "));
  }

  @Test
  void list_del_twice_isReportedAndChangesNothing() {
    fill(list, 0, 3);
    list_del(items[1].head);
    list_del(items[1].head);
    assertThat(numbers(list)).containsExactly(0, 2);
    assertReported("list_del corruption, \\w{16}->next is LIST_POISON1 \\(dead000000000100\\)");
  }

  @Test
  void list_del_ofWhatWasNeverAdded_isReported() {
    list_del(items[0].head);
    assertReported("list_del corruption, \\w{16}->next is NULL");
  }

  @Test
  void list_del_ofAnOverwrittenLink_isReported() {
    fill(list, 0, 3);
    items[0].head.next = items[2].head;
    list_del_init(items[1].head);
    assertReported(
        "list_del corruption. prev->next should be \\w{16}, but was \\w{16}. \\(prev=\\w{16}\\)");
    assertThat(items[2].head.prev).as("left as it was").isSameAs(items[1].head);
  }

  @Test
  void list_add_twiceToTheSamePlace_isReportedAndDoneOnce() {
    list_add(items[0].head, list);
    list_add(items[0].head, list);
    assertThat(numbers(list)).containsExactly(0);
    assertReported("list_add double add: new=\\w{16}, prev=\\w{16}, next=\\w{16}.");
  }

  @Test
  void list_add_toAHeadThatWasNeverMade_isReported() {
    ListHead zeroed = new ListHead();
    list_add(items[0].head, zeroed);
    assertReported("list_add corruption. next is NULL.");
    list_add_tail(items[0].head, zeroed);
    assertReported("list_add corruption. prev is NULL.");
    INIT_LIST_HEAD(zeroed);
    list_add(items[0].head, zeroed);
    assertThat(numbers(zeroed)).containsExactly(0);
  }

  @Test
  void list_add_afterADeletedOne_isReported() {
    fill(list, 0, 2);
    list_del(items[0].head);
    list_add(items[2].head, items[0].head);
    assertReported(
        "list_add corruption. next->prev should be prev \\(\\w{16}\\), but was \\w{16}."
            + " \\(next=dead000000000100\\).");
  }
}
