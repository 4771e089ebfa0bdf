package jiffy.linux;

import jiffy.types.Embedded;

/**
 * {@code linux/container_of.h}: from a field to the struct around it.
 *
 * <p>Contexts: any.
 */
public final class ContainerOf {
  private ContainerOf() {}

  /**
   * {@code container_of(ptr, type, member)}: the object that a struct is a field of. C finds it by
   * the member's offset; here the field has been told when it was made: {@code final ListHead
   * m_head = ListHead.in(this);}
   *
   * @param ptr the field
   * @param type the object's class
   * @return the object
   * @throws IllegalArgumentException if it is not a field of such an object
   */
  public static <T> T container_of(Object ptr, Class<T> type) {
    Object container = ptr instanceof Embedded ? ((Embedded) ptr).__container() : null;
    if (!type.isInstance(container)) {
      throw new IllegalArgumentException(
          "container_of: "
              + (container == null
                  ? "it is a field of no object"
                  : "it is a field of a " + container.getClass().getName())
              + ", not of a "
              + type.getName()
              + ": make the field with 'in(this)' of its type");
    }
    return type.cast(container);
  }
}
