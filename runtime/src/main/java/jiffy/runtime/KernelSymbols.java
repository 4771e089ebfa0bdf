package jiffy.runtime;

import jiffy.kernel.OwnedLoader;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Origins;
import jiffy.runtime.printk.Symbolizer;

/** Names and addresses for the {@code %p} family. */
final class KernelSymbols implements Symbolizer {
  private final Addresses addresses;

  KernelSymbols(Addresses addresses) {
    this.addresses = addresses;
  }

  @Override
  public long addressOf(Object object) {
    return object == null ? 0 : addresses.of(object);
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
