package jiffy.runtime.context;

import com.google.common.collect.MapMaker;
import java.util.Locale;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Made-up addresses for objects in reports and {@code %p}: counted, not hashed, so that a
 * simulation prints the same ones each time. Forgets an object with its last reference. Thread
 * safe; cold paths only.
 */
public final class Addresses {
  private static final long FIRST = 0xffff_8880_0100_0000L;
  private static final long STEP = 0x40;

  private final ConcurrentMap<Object, Long> known = new MapMaker().weakKeys().makeMap();
  private final AtomicLong next = new AtomicLong(FIRST);

  /** The object's address; the same as long as it lives. */
  public long of(Object object) {
    return known.computeIfAbsent(object, o -> next.getAndAdd(STEP));
  }

  /** The address as {@code %px} prints it. */
  public String text(Object object) {
    return String.format(Locale.ROOT, "%016x", of(object));
  }
}
