package jiffy.runtime.workqueue;

import static jiffy.types.WorkStruct.__PENDING;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.CacheLine;
import jiffy.types.WorkStruct;

/**
 * Where a pool's items come in while one of its kworkers computes: there, and nowhere else, who
 * queues an item meets neither the kworker nor the pool's lock.
 */
final class Inbox extends CacheLine {
  /*
   * A ring of references with two ends. Who queues puts an item in at the tail, under a lock of its own
   * that is held for a few stores; the kworker takes items out at the head, under the pool's lock or
   * racing (see WorkerPool), and looks for the tail only when it has taken out all that it knew of. So each
   * of the two ends stays in the cache of its processor while a burst is handed over. By its place in the
   * ring, its ticket, who queues an item again knows whether it is pending: see PendingBit.
   *
   *     pool.works   older items, on the list       guarded by the pool's lock
   *     [head,limit) items that the kworker knows   guarded by the pool's lock, which stops a race
   *     [limit,tail) items that it has not seen     guarded by the mouth's lock
   *
   * An item in the ring has not been entered anywhere else yet: neither is it on a list, nor is it
   * counted in its queue's books; its home says which queue it is for. The kworker runs it from there.
   * Whoever else wants to look at the pool's items, to cancel or to flush, spills the ring first: that
   * enters all on the lists, in their order. The mouth stays open meanwhile: see WorkerPool.has.
   *
   * The ring takes items only while it is open, which is a promise: some kworker that is counted in
   * the pool's running will look into it before it is counted no longer, and PoolWatch looks at that
   * kworker. So who puts an item in need wake nobody. Running falls to 0, or PoolWatch ceases to look,
   * only after close(). Lock order: pool, mouth.
   *
   * It is also open while nobody computes and the kworker that came to rest last is its sleeper: who puts
   * the first item in wakes him, and meets the pool's lock no more than the others do. The sleeper closes
   * it when he rises, for whatever reason, and so knows all that has come.
   *
   * The kworker clears slots some time after it has passed them, many at a time: to clear one is to take
   * its cache line from who fills the others of that line.
   */
  static final int SIZE = 1 << 11;
  static final int MASK = SIZE - 1;

  /** The first ticket: that of a seat which nobody has had, 0, is in front of the head. */
  static final long FIRST = SIZE;

  /** A look for more that brings no more than so many was too early. */
  private static final int EARLY = 1 << 6;

  /** So many slots may be passed and not cleared. */
  private static final int UNCLEARED = 1 << 6;

  /** So many items it holds. */
  static final int MOST = SIZE - UNCLEARED;

  /** Bit of the word: it is moved with the pool's lock only. */
  private static final long FROZEN = 1;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Inbox.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Mouth mouth;

  /** Null until a kworker has furnished it. */
  private WorkStruct[] slots;

  /**
   * The head, times two; and whether it is {@link #FROZEN}. An item in front of it is not pending.
   */
  private volatile long word = FIRST << 1 | FROZEN;

  private long limit = FIRST;

  /** The limit before it looked for more the last time. */
  private long looked = FIRST;

  /** Slots in front of it are clear; the head, or a little behind. */
  private long cleared = FIRST;

  /** Whether the mouth may be open. */
  private boolean isOpen;

  Inbox(WorkerPool pool) {
    mouth = new Mouth(pool, this);
  }

  /** With the pool's lock, and by a kworker: gives it what it needs to be opened. */
  void furnish() {
    if (slots == null) {
      mouth.seats = new long[Mouth.SEATS << 1];
      mouth.seats[0] = -1; // not that of items which have none
      slots = new WorkStruct[SIZE];
      mouth.slots = slots;
    }
  }

  /** With the pool's lock: lets items come in, if it is furnished. The caller keeps the promise. */
  void open(Arch arch, Context context) {
    if (isOpen || slots == null) {
      return;
    }
    mouth.lock(arch, context);
    isOpen = true; // from here on without a call: see RawSpinlock
    mouth.open = true;
    mouth.held = 0;
  }

  /** With the pool's lock, while nobody computes and it is empty: who puts an item in wakes him. */
  void openFor(Worker sleeper, Arch arch, Context context) {
    clear();
    mouth.lock(arch, context);
    isOpen = true;
    mouth.open = true;
    mouth.sleeper = sleeper;
    mouth.unlock();
  }

  /** With the pool's lock: nothing comes in from now on; all that is there can be taken. */
  void close(Arch arch, Context context) {
    if (!isOpen) {
      return;
    }
    clear();
    mouth.open = false; // so that they do not hold the lock all the time
    mouth.lock(arch, context);
    mouth.sleeper = null; // from here on without a call: see RawSpinlock
    limit = mouth.tail;
    isOpen = false;
    mouth.held = 0;
  }

  boolean isOpen() {
    return isOpen;
  }

  /** Where the oldest item is. */
  long head() {
    return word >>> 1;
  }

  /** With the pool's lock: whether it is known to have items; all that it has, if it is closed. */
  boolean hasItems() {
    return head() < limit;
  }

  /** Without a lock: whether it seems to have items. */
  boolean seemsFilled() {
    return head() != mouth.tail();
  }

  /** With the pool's lock: the oldest, which stays; null if there is none. */
  WorkStruct first() {
    long at = head();
    return at < limit || seesMore() ? slots[(int) at & MASK] : null;
  }

  /** With the pool's lock: whether the kworker has caught up with those who queue. */
  boolean isCaughtUp() {
    return limit - looked < EARLY && !hasItems();
  }

  /** What is at that place; null if it has been cleared. */
  WorkStruct at(long place) {
    return slots[(int) place & MASK];
  }

  private boolean seesMore() {
    if (!isOpen) {
      return false;
    }
    looked = limit;
    limit = mouth.tail();
    return hasItems();
  }

  /**
   * With the pool's lock: the oldest is about to run; it is not pending any more. The caller gives
   * the lock back, with a fence, before he calls it.
   */
  void dropFirst() {
    long at = head();
    if (at - cleared >= UNCLEARED) {
      clear();
    }
    WORD.setRelease(this, at + 1 << 1 | FROZEN);
  }

  /**
   * With the pool's lock: the oldest is about to run, as in {@link #dropFirst}; and from now on the
   * kworker moves the head by {@link #claim}, without the lock.
   *
   * @return how far it may: to where all is known, and not so far that slots must be cleared before
   */
  long thaw() {
    long at = head();
    clear();
    WORD.setRelease(this, at + 1 << 1);
    return Math.min(limit, at + UNCLEARED);
  }

  /** The kworker, without the lock: moves the head by one. @return false if it was frozen */
  boolean claim(long at) {
    return WORD.compareAndSet(this, at << 1, at + 1 << 1);
  }

  /** With the pool's lock: from now on the head stands still. @return where */
  long freeze() {
    return (long) WORD.getAndBitwiseOr(this, FROZEN) >>> 1;
  }

  private void clear() {
    long to = head();
    for (long at = cleared; at < to; at++) {
      slots[(int) at & MASK] = null;
    }
    cleared = to;
  }

  /** With the pool's lock: enters all that is there on the lists. */
  void spill(Arch arch, Context context) {
    if (isOpen) {
      boolean goesOn = mouth.open;
      mouth.open = false; // as in close
      mouth.lock(arch, context);
      limit = mouth.tail; // from here on without a call: see RawSpinlock
      mouth.open = goesOn;
      mouth.held = 0;
    }
    clear();
    while (hasItems()) {
      enterFirst();
    }
  }

  /** With the pool's lock: enters the oldest on a list. */
  void enterFirst() {
    clear();
    WorkStruct work = at(head());
    ((PoolQueue) work.__home).insert(work, this);
  }

  /**
   * The oldest, behind clear slots, is about to be entered on a list: see {@link PoolQueue#insert}.
   */
  void handOverFirst(WorkStruct work) {
    long at = head();
    work.__state = __PENDING; // from here on without a call: see RawSpinlock
    word = at + 1 << 1 | FROZEN;
    slots[(int) at & MASK] = null;
    cleared = at + 1;
  }
}
