package jiffy.linux;

import static jiffy.types.ListHead.LIST_POISON1;
import static jiffy.types.ListHead.LIST_POISON2;

import jiffy.kernel.Current;
import jiffy.types.ListHead;

/** {@code lib/list_debug.c}: looks at an entry's neighbours before they are changed. */
final class ListDebug {
  private ListDebug() {}

  /** {@code __list_add_valid}. */
  static boolean isAddValid(ListHead entry, ListHead prev, ListHead next) {
    if (prev == null) {
      return corrupt("list_add corruption. prev is NULL.");
    }
    if (next == null) {
      return corrupt("list_add corruption. next is NULL.");
    }
    if (next.prev != prev) {
      return corrupt(
          "list_add corruption. next->prev should be prev (%px), but was %px. (next=%px).",
          prev, next.prev, next);
    }
    if (prev.next != next) {
      return corrupt(
          "list_add corruption. prev->next should be next (%px), but was %px. (prev=%px).",
          next, prev.next, prev);
    }
    if (entry == prev || entry == next) {
      return corrupt("list_add double add: new=%px, prev=%px, next=%px.", entry, prev, next);
    }
    return true;
  }

  /** {@code __list_del_entry_valid}. */
  static boolean isDelValid(ListHead entry) {
    ListHead prev = entry.prev;
    ListHead next = entry.next;
    if (next == null) {
      return corrupt("list_del corruption, %px->next is NULL", entry);
    }
    if (prev == null) {
      return corrupt("list_del corruption, %px->prev is NULL", entry);
    }
    if (next == LIST_POISON1) {
      return corrupt("list_del corruption, %px->next is LIST_POISON1 (%px)", entry, next);
    }
    if (prev == LIST_POISON2) {
      return corrupt("list_del corruption, %px->prev is LIST_POISON2 (%px)", entry, prev);
    }
    if (prev.next != entry) {
      return corrupt(
          "list_del corruption. prev->next should be %px, but was %px. (prev=%px)",
          entry, prev.next, prev);
    }
    if (next.prev != entry) {
      return corrupt(
          "list_del corruption. next->prev should be %px, but was %px. (next=%px)",
          entry, next.prev, next);
    }
    return true;
  }

  /** {@code CHECK_DATA_CORRUPTION}. */
  private static boolean corrupt(String format, Object... arguments) {
    Current current = Current.get();
    current.kernel.memory.corruption(current, current.kernel.log.format(format, arguments));
    return false;
  }
}
