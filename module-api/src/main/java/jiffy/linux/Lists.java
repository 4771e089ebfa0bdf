package jiffy.linux;

import static jiffy.linux.ContainerOf.container_of;
import static jiffy.types.ListHead.LIST_POISON1;
import static jiffy.types.ListHead.LIST_POISON2;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.Function;
import jiffy.types.ListHead;

/**
 * {@code linux/list.h}: rings of links that lie in the structs themselves.
 *
 * <p>Contexts: any. Nothing is allocated but a loop's iterator, nothing is locked: who may meet
 * another task or a timer on a list takes a lock around it, as in C. As with CONFIG_DEBUG_LIST each
 * addition and deletion looks at its neighbours; what it finds broken is reported ({@code list_del
 * corruption, ...}), and the list left as it is.
 *
 * <p>The loops are Java's: {@code for (ListHead pos : list_for_each(head))}. An entry may be
 * deleted within the {@code _safe} ones only, and only the one that the loop is at.
 */
public final class Lists {
  private Lists() {}

  /** {@code LIST_HEAD(name)}: an empty list. Needs no kernel context: for static fields. */
  public static ListHead LIST_HEAD() {
    ListHead head = new ListHead();
    INIT_LIST_HEAD(head);
    return head;
  }

  /** {@code void INIT_LIST_HEAD(struct list_head *list)}: makes it an empty list. */
  public static void INIT_LIST_HEAD(ListHead list) {
    list.next = list;
    list.prev = list;
  }

  /**
   * {@code void list_add(struct list_head *new, struct list_head *head)}: after the head, so that
   * it is first: a stack.
   */
  public static void list_add(ListHead entry, ListHead head) {
    add(entry, head, head.next);
  }

  /**
   * {@code void list_add_tail(struct list_head *new, struct list_head *head)}: before the head, so
   * that it is last: a queue.
   */
  public static void list_add_tail(ListHead entry, ListHead head) {
    add(entry, head.prev, head);
  }

  /** {@code __list_add}. */
  private static void add(ListHead entry, ListHead prev, ListHead next) {
    if (!ListDebug.isAddValid(entry, prev, next)) {
      return;
    }
    next.prev = entry;
    entry.next = next;
    entry.prev = prev;
    prev.next = entry;
  }

  /**
   * {@code void list_del(struct list_head *entry)}: takes it off its list. It is on none then, and
   * not empty either: its links are poisoned, so that whoever goes on from it is found out.
   */
  public static void list_del(ListHead entry) {
    delete(entry);
    entry.next = LIST_POISON1;
    entry.prev = LIST_POISON2;
  }

  /**
   * {@code void list_del_init(struct list_head *entry)}: takes it off its list and makes it an
   * empty one.
   */
  public static void list_del_init(ListHead entry) {
    delete(entry);
    INIT_LIST_HEAD(entry);
  }

  /** {@code __list_del_entry}. */
  private static void delete(ListHead entry) {
    if (ListDebug.isDelValid(entry)) {
      link(entry.prev, entry.next);
    }
  }

  /** {@code __list_del}. */
  private static void link(ListHead prev, ListHead next) {
    next.prev = prev;
    prev.next = next;
  }

  /**
   * {@code void list_move(struct list_head *list, struct list_head *head)}: off its list, and first
   * of another.
   */
  public static void list_move(ListHead entry, ListHead head) {
    delete(entry);
    list_add(entry, head);
  }

  /**
   * {@code void list_move_tail(struct list_head *list, struct list_head *head)}: off its list, and
   * last of another.
   */
  public static void list_move_tail(ListHead entry, ListHead head) {
    delete(entry);
    list_add_tail(entry, head);
  }

  /**
   * {@code void list_replace(struct list_head *old, struct list_head *new)}: the new one takes the
   * place of the old, whose links stay as they were.
   */
  public static void list_replace(ListHead old, ListHead entry) {
    entry.next = old.next;
    entry.next.prev = entry;
    entry.prev = old.prev;
    entry.prev.next = entry;
  }

  /**
   * {@code void list_replace_init(struct list_head *old, struct list_head *new)}: {@link
   * #list_replace}; the old one is an empty list then.
   */
  public static void list_replace_init(ListHead old, ListHead entry) {
    list_replace(old, entry);
    INIT_LIST_HEAD(old);
  }

  /**
   * {@code void list_splice(const struct list_head *list, struct list_head *head)}: all entries of
   * a list to the front of another. The first list's head is not to be used before {@link
   * #INIT_LIST_HEAD}.
   */
  public static void list_splice(ListHead list, ListHead head) {
    if (!list_empty(list)) {
      splice(list, head, head.next);
    }
  }

  /**
   * {@code void list_splice_tail(struct list_head *list, struct list_head *head)}: as {@link
   * #list_splice}, to the end.
   */
  public static void list_splice_tail(ListHead list, ListHead head) {
    if (!list_empty(list)) {
      splice(list, head.prev, head);
    }
  }

  /**
   * {@code void list_splice_init(struct list_head *list, struct list_head *head)}: {@link
   * #list_splice}; the first list is empty then.
   */
  public static void list_splice_init(ListHead list, ListHead head) {
    list_splice(list, head);
    INIT_LIST_HEAD(list);
  }

  /**
   * {@code void list_splice_tail_init(struct list_head *list, struct list_head *head)}: {@link
   * #list_splice_tail}; the first list is empty then.
   */
  public static void list_splice_tail_init(ListHead list, ListHead head) {
    list_splice_tail(list, head);
    INIT_LIST_HEAD(list);
  }

  private static void splice(ListHead list, ListHead prev, ListHead next) {
    ListHead first = list.next;
    ListHead last = list.prev;
    first.prev = prev;
    prev.next = first;
    last.next = next;
    next.prev = last;
  }

  /** {@code int list_empty(const struct list_head *head)}: whether nothing is on it. */
  public static boolean list_empty(ListHead head) {
    return head.next == head;
  }

  /** {@code int list_is_singular(const struct list_head *head)}: whether one entry is on it. */
  public static boolean list_is_singular(ListHead head) {
    return !list_empty(head) && head.next == head.prev;
  }

  /**
   * {@code int list_is_first(const struct list_head *list, const struct list_head *head)}: whether
   * the entry is the first.
   */
  public static boolean list_is_first(ListHead entry, ListHead head) {
    return entry.prev == head;
  }

  /**
   * {@code int list_is_last(const struct list_head *list, const struct list_head *head)}: whether
   * the entry is the last.
   */
  public static boolean list_is_last(ListHead entry, ListHead head) {
    return entry.next == head;
  }

  /**
   * {@code list_entry(ptr, type, member)}: the struct that the link is a field of. The link has
   * been made by {@link ListHead#in}.
   *
   * @throws IllegalArgumentException if it is not a field of such an object: it may be the head
   */
  public static <T> T list_entry(ListHead ptr, Class<T> type) {
    if (ptr == LIST_POISON1 || ptr == LIST_POISON2) {
      throw new IllegalArgumentException(
          "list_entry: this is the poison of an entry that was deleted: a loop that deletes wants"
              + " list_for_each_safe");
    }
    return container_of(ptr, type);
  }

  /**
   * {@code list_first_entry(ptr, type, member)}: the first; the list must not be empty.
   *
   * @throws IllegalArgumentException as {@link #list_entry}
   */
  public static <T> T list_first_entry(ListHead head, Class<T> type) {
    return list_entry(head.next, type);
  }

  /** {@code list_first_entry_or_null(ptr, type, member)}: the first; null if there is none. */
  public static <T> T list_first_entry_or_null(ListHead head, Class<T> type) {
    return list_empty(head) ? null : list_first_entry(head, type);
  }

  /**
   * {@code list_last_entry(ptr, type, member)}: the last; the list must not be empty.
   *
   * @throws IllegalArgumentException as {@link #list_entry}
   */
  public static <T> T list_last_entry(ListHead head, Class<T> type) {
    return list_entry(head.prev, type);
  }

  /**
   * {@code list_next_entry(pos, member)}: the one after it, which there must be: {@code
   * list_next_entry(p, p.m_head)}.
   *
   * @param pos a struct
   * @param member its link
   * @return that struct; as {@link #list_entry}
   * @throws IllegalArgumentException as {@link #list_entry}
   */
  @SuppressWarnings("unchecked") // entries of a list are of one type, as in C
  public static <T> T list_next_entry(T pos, ListHead member) {
    return (T) list_entry(member.next, pos.getClass());
  }

  /**
   * {@code list_prev_entry(pos, member)}: as {@link #list_next_entry}, the one before it.
   *
   * @return that struct; as {@link #list_entry}
   */
  @SuppressWarnings("unchecked")
  public static <T> T list_prev_entry(T pos, ListHead member) {
    return (T) list_entry(member.prev, pos.getClass());
  }

  /**
   * {@code list_for_each(pos, head)}: the links, first to last.
   *
   * @return what {@code for} goes through
   */
  public static Iterable<ListHead> list_for_each(ListHead head) {
    return () -> new Walk<>(head, false, false, pos -> pos);
  }

  /**
   * {@code list_for_each_prev(pos, head)}: the links, last to first.
   *
   * @return what {@code for} goes through
   */
  public static Iterable<ListHead> list_for_each_prev(ListHead head) {
    return () -> new Walk<>(head, true, false, pos -> pos);
  }

  /**
   * {@code list_for_each_safe(pos, n, head)}: the body may delete the one it is at.
   *
   * @return what {@code for} goes through
   */
  public static Iterable<ListHead> list_for_each_safe(ListHead head) {
    return () -> new Walk<>(head, false, true, pos -> pos);
  }

  /**
   * {@code list_for_each_prev_safe(pos, n, head)}: last to first; the body may delete the one it is
   * at.
   *
   * @return what {@code for} goes through
   */
  public static Iterable<ListHead> list_for_each_prev_safe(ListHead head) {
    return () -> new Walk<>(head, true, true, pos -> pos);
  }

  /**
   * {@code list_for_each_entry(pos, head, member)}: the structs, first to last.
   *
   * @param type theirs
   * @return what {@code for} goes through
   */
  public static <T> Iterable<T> list_for_each_entry(ListHead head, Class<T> type) {
    return () -> new Walk<>(head, false, false, pos -> list_entry(pos, type));
  }

  /**
   * {@code list_for_each_entry_reverse(pos, head, member)}: the structs, last to first.
   *
   * @return what {@code for} goes through
   */
  public static <T> Iterable<T> list_for_each_entry_reverse(ListHead head, Class<T> type) {
    return () -> new Walk<>(head, true, false, pos -> list_entry(pos, type));
  }

  /**
   * {@code list_for_each_entry_safe(pos, n, head, member)}: may delete the one it is at.
   *
   * @return what {@code for} goes through
   */
  public static <T> Iterable<T> list_for_each_entry_safe(ListHead head, Class<T> type) {
    return () -> new Walk<>(head, false, true, pos -> list_entry(pos, type));
  }

  /**
   * A loop: looks at the link of where it is after the body has run; a safe one, before.
   *
   * <p>Java asks {@code hasNext()} first, so that is where {@code pos = pos->next} is.
   */
  private static final class Walk<T> implements Iterator<T> {
    private final ListHead head;
    private final boolean isReverse;
    private final boolean isSafe;
    private final Function<ListHead, T> entry;
    private ListHead pos;
    private ListHead after; // of pos, read before the body: the safe walk's

    Walk(ListHead head, boolean isReverse, boolean isSafe, Function<ListHead, T> entry) {
      this.head = head;
      this.isReverse = isReverse;
      this.isSafe = isSafe;
      this.entry = entry;
      this.pos = head;
      this.after = step(head);
    }

    private ListHead step(ListHead from) {
      return isReverse ? from.prev : from.next;
    }

    private ListHead following() {
      ListHead next = isSafe ? after : step(pos);
      if (next == LIST_POISON1 || next == LIST_POISON2) {
        throw new IllegalStateException(
            "list_for_each: "
                + (isSafe ? "the entry after this one" : "this entry")
                + " was deleted in the loop"
                + (isSafe
                    ? ": it may delete the one it is at, no other"
                    : ": a loop that deletes wants list_for_each_safe"));
      }
      return next;
    }

    @Override
    public boolean hasNext() {
      return following() != head;
    }

    @Override
    public T next() {
      pos = following();
      if (pos == head) {
        throw new NoSuchElementException("the list's end");
      }
      after = step(pos);
      return entry.apply(pos);
    }
  }
}
