package jiffy.runtime.mm;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Splat;
import jiffy.types.Embedded;

/**
 * Looks at what is freed for parts that are still active: {@code debug_check_no_obj_freed}. Thread
 * safe.
 */
final class FreedObjects {
  /*
   * C looks for known objects between two addresses. Here a part of a struct is what a final field
   * of it holds, or an array in one: C's embedded struct. A field that is not final is C's pointer,
   * and what it points to is not freed with the struct. A part that knows its container, by in(this),
   * must be that of the freed one. Where Java cannot tell the two apart nothing is reported: parts of
   * parts are not looked at, for they might be anybody's.
   *
   * Which fields of a class are to be looked at is found once. It is kept by the class (ClassValue),
   * so that it goes with the module.
   */

  /** So many are reported, as on Linux. */
  private static final int REPORTS = 5;

  private final Splat splat;
  private final List<ActiveObject> kinds;
  private final AtomicInteger reports = new AtomicInteger();

  private final ClassValue<List<Field>> parts =
      new ClassValue<>() {
        @Override
        protected List<Field> computeValue(Class<?> type) {
          return partsOf(type);
        }
      };

  FreedObjects(Splat splat, List<ActiveObject> kinds) {
    this.splat = splat;
    this.kinds = List.copyOf(kinds);
  }

  private List<Field> partsOf(Class<?> type) {
    List<Field> found = new ArrayList<>();
    try {
      for (Class<?> at = type; at != null; at = at.getSuperclass()) {
        for (Field field : at.getDeclaredFields()) {
          if (isPart(field)) {
            field.setAccessible(true);
            found.add(field);
          }
        }
      }
    } catch (LinkageError e) {
      return List.of(); // a class that is not whole
    }
    return List.copyOf(found);
  }

  private boolean isPart(Field field) {
    int modifiers = field.getModifiers();
    Class<?> type = field.getType().isArray() ? field.getType().componentType() : field.getType();
    return Modifier.isFinal(modifiers)
        && !Modifier.isStatic(modifiers)
        && !field.isSynthetic()
        && kinds.stream().anyMatch(kind -> kind.type().isAssignableFrom(type));
  }

  /** Reports and deactivates what is active in it, or itself. */
  void check(Context context, Object freed) {
    look(context, freed, freed);
    for (Field field : parts.get(freed.getClass())) {
      try {
        look(context, freed, field.get(freed));
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(field + " was made accessible", e);
      }
    }
  }

  private void look(Context context, Object freed, Object part) {
    if (part instanceof Object[] several) {
      for (Object each : several) {
        lookAtOne(context, freed, each);
      }
    } else {
      lookAtOne(context, freed, part);
    }
  }

  private void lookAtOne(Context context, Object freed, Object part) {
    if (part != freed && part instanceof Embedded in && in.__container() != freed) {
      return;
    }
    for (ActiveObject kind : kinds) {
      String hint = kind.type().isInstance(part) ? kind.activeHint(context, part) : null;
      if (hint != null) {
        if (reports.getAndIncrement() < REPORTS) {
          splat.warn(
              context,
              "ODEBUG: free active (active state 0) object type: "
                  + kind.structName()
                  + " hint: "
                  + hint);
        }
        kind.deactivate(context, part);
      }
    }
  }
}
