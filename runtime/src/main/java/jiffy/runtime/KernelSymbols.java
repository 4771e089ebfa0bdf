package jiffy.runtime;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Map;
import jiffy.kernel.OwnedLoader;
import jiffy.linux.Slab;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Origins;
import jiffy.runtime.printk.format.Symbolizer;
import jiffy.types.ListHead;

/** Names and addresses for the {@code %p} family. */
final class KernelSymbols implements Symbolizer {
  /** Objects that stand for an address. */
  private static final Map<Object, Long> FIXED = fixed();

  private final Addresses addresses;

  private static Map<Object, Long> fixed() {
    Map<Object, Long> fixed = new IdentityHashMap<>();
    fixed.put(Slab.ZERO_SIZE_PTR, 0x10L);
    fixed.put(ListHead.LIST_POISON1, 0xdead_0000_0000_0100L);
    fixed.put(ListHead.LIST_POISON2, 0xdead_0000_0000_0122L);
    return Collections.unmodifiableMap(fixed);
  }

  KernelSymbols(Addresses addresses) {
    this.addresses = addresses;
  }

  @Override
  public long addressOf(Object object) {
    if (object == null) {
      return 0;
    }
    Long fixed = FIXED.get(object);
    return fixed == null ? addresses.of(object) : fixed;
  }

  @Override
  public String nameOf(Object function) {
    if (function == null) {
      return null;
    }
    String name = Origins.nameOf(function);
    ClassLoader loader = function.getClass().getClassLoader();
    return loader instanceof OwnedLoader
        ? name + " [" + ((OwnedLoader) loader).owner().name + "]"
        : name;
  }
}
