package jiffy.runtime.mm;

import static jiffy.linux.Slab.KMALLOC_MAX_SIZE;
import static jiffy.linux.Slab.__GFP_DIRECT_RECLAIM;
import static jiffy.linux.Slab.__GFP_NOWARN;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Current;
import jiffy.kernel.MemoryOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Splat;

/**
 * What a kernel sees of the memory of modules: who asks for it where, and what is in it when it is
 * freed. Thread safe.
 */
public final class Memory implements MemoryOps {
  private final Splat splat;
  private final FailSlab failSlab;
  private final FreedObjects freedObjects;
  private final AtomicBoolean warnedOfSize = new AtomicBoolean();

  /**
   * @param faults which allocations are to fail
   * @param kinds what must not be freed while it is active
   */
  public Memory(
      Arch arch, KernelLog log, Splat splat, FaultAttributes faults, List<ActiveObject> kinds) {
    this.splat = splat;
    this.failSlab = new FailSlab(arch, log, splat, faults);
    this.freedObjects = new FreedObjects(splat, kinds);
  }

  @Override
  public boolean mayAllocate(Current current, long size, int gfp) {
    Context context = (Context) current;
    if (Long.compareUnsigned(size, KMALLOC_MAX_SIZE) > 0) {
      if ((gfp & __GFP_NOWARN) == 0 && !warnedOfSize.getAndSet(true)) {
        splat.warn(
            context,
            String.format(
                Locale.ROOT,
                "kmalloc: %s bytes are more than KMALLOC_MAX_SIZE, %d: refused",
                Long.toUnsignedString(size),
                KMALLOC_MAX_SIZE));
      }
      return false;
    }
    if ((gfp & __GFP_DIRECT_RECLAIM) != 0) {
      splat.mightSleep(context);
    }
    return !failSlab.shouldFail(context, size, gfp);
  }

  @Override
  public void free(Current current, Object object) {
    freedObjects.check((Context) current, object);
  }

  @Override
  public void corruption(Current current, String text) {
    splat.warn((Context) current, text);
  }
}
