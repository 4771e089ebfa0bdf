package jiffy.runtime.workqueue;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.types.WorkStruct;

/**
 * Where a pool's items come in while one of its kworkers computes: there, and nowhere else, who
 * queues an item meets neither the kworker nor the pool's lock.
 */
final class Inbox {
  /*
   * A ring of references with two ends. Who queues puts an item in at the tail, under a lock of its own
   * that is held for a few stores; the kworker takes items out at the head, under the pool's lock, and
   * looks for the tail only when it has taken out all that it knew of. So each of the two ends stays in
   * the cache of its processor while a burst is handed over, and of each item only its own lines travel.
   *
   *     pool.works   older items, on the list       guarded by the pool's lock
   *     [head,limit) items that the kworker knows   guarded by the pool's lock
   *     [limit,tail) items that it has not seen     guarded by the mouth's lock
   *
   * An item in the ring has not been entered anywhere else yet: neither is it on a list, nor is it
   * counted in its queue's books; its data says which queue it is for. The kworker enters it when it
   * takes it out. Whoever else wants to look at the pool's items, to cancel or to flush, spills the ring
   * first: that enters all on the lists, in their order. The mouth stays open meanwhile: see WorkerPool.has.
   *
   * The ring takes items only while it is open, which is a promise: some kworker that is counted in
   * the pool's running will look into it before it is counted no longer, and PoolWatch looks at that
   * kworker. So who puts an item in need wake nobody. Running falls to 0, or PoolWatch ceases to look,
   * only after close(). Lock order: pool, mouth.
   */
  static final int SIZE = 1 << 10;
  static final int MASK = SIZE - 1;

  /** So often the kworker says how far it is. */
  private static final int STRIDE = 1 << 6;

  private final WorkStruct[] slots = new WorkStruct[SIZE];
  final Mouth mouth;
  private int head;
  private int limit;

  /** The head, for those who queue; may be behind. */
  volatile int headSaid;

  /** Whether the mouth may be open. */
  private boolean isOpen;

  Inbox(WorkerPool pool) {
    mouth = new Mouth(pool, this, slots);
  }

  /** With the pool's lock: lets items come in. The caller keeps the promise. */
  void open(Arch arch, Context context) {
    if (isOpen) {
      return;
    }
    mouth.lock(arch, context);
    isOpen = true; // from here on without a call: see RawSpinlock
    mouth.open = true;
    mouth.held = 0;
  }

  /** With the pool's lock: nothing comes in from now on; all that is there can be taken. */
  void close(Arch arch, Context context) {
    if (!isOpen) {
      return;
    }
    mouth.lock(arch, context);
    mouth.open = false; // from here on without a call: see RawSpinlock
    limit = mouth.tail;
    isOpen = false;
    mouth.held = 0;
  }

  boolean isOpen() {
    return isOpen;
  }

  /** With the pool's lock: whether it is known to have items; all that it has, if it is closed. */
  boolean hasItems() {
    return head != limit;
  }

  /** Without a lock: whether it seems to have items. */
  boolean seemsFilled() {
    return head != mouth.tail;
  }

  /** With the pool's lock: takes the oldest out. @return null if there is none */
  WorkStruct take(Arch arch, Context context) {
    int at = head;
    if (at == limit && !seesMore(arch, context)) {
      return null;
    }
    WorkStruct work = slots[at & MASK];
    slots[at & MASK] = null;
    head = at + 1;
    if ((head & (STRIDE - 1)) == 0) {
      headSaid = head;
    }
    return work;
  }

  private boolean seesMore(Arch arch, Context context) {
    if (!isOpen) {
      return false;
    }
    mouth.lock(arch, context);
    limit = mouth.tail;
    mouth.headSeen = head;
    mouth.held = 0;
    return head != limit;
  }

  /** With the pool's lock: enters all that is there on the lists. */
  void spill(Arch arch, Context context) {
    if (isOpen) {
      mouth.lock(arch, context);
      limit = mouth.tail; // from here on without a call: see RawSpinlock
      mouth.held = 0;
    }
    if (head != limit) {
      while (head != limit) {
        WorkStruct work = slots[head & MASK];
        ((PoolQueue) work.__data).insert(work, this);
      }
      headSaid = head;
    }
  }

  /** The oldest is about to be entered on a list. */
  void dropFirst() {
    slots[head & MASK] = null;
    head++;
  }
}
