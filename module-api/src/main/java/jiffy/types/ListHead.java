package jiffy.types;

/**
 * {@code struct list_head}: a link of a list, or the list's head, which is a ring with it.
 *
 * <p>Zeroed, as fresh memory is: a head must be made by {@code LIST_HEAD} or {@code INIT_LIST_HEAD}
 * of {@link jiffy.linux.Lists}, an entry's link needs nothing before it is added. Not thread safe:
 * a list is guarded by a lock of its user.
 */
public class ListHead {
  /** {@code LIST_POISON1}: the next of an entry that has been deleted. */
  public static final ListHead LIST_POISON1 = new ListHead();

  /** {@code LIST_POISON2}: the previous of an entry that has been deleted. */
  public static final ListHead LIST_POISON2 = new ListHead();

  /** The next entry; of the last one, the head. */
  public ListHead next;

  /** The previous entry; of the first one, the head. */
  public ListHead prev;

  /** On no list. */
  public ListHead() {}

  /**
   * A link that is a field of the given object: {@code list_entry} finds that from the link.
   *
   * @param container the object, usually {@code this} in its field's initializer
   */
  public static ListHead in(Object container) {
    return new In(container);
  }

  private static final class In extends ListHead implements Embedded {
    private final Object container;

    In(Object container) {
      this.container = container;
    }

    @Override
    public Object __container() {
      return container;
    }
  }
}
