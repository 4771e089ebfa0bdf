package jiffy.runtime.workqueue;

import static jiffy.types.WorkStruct.__PENDING;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.HandoverRing;
import jiffy.types.WorkStruct;

/**
 * Where a pool's items come in while one of its kworkers computes: there, and nowhere else, who
 * queues an item meets neither the kworker nor the pool's lock.
 */
final class Inbox extends HandoverRing<WorkStruct> {
  /*
   * Who queues meets the kworker as HandoverRing tells; the taker is the kworker, with the pool's lock or
   * racing (see WorkerPool).
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
   * It is also open while nobody computes and a kworker that rests is its sleeper: who puts the first
   * item in wakes him, and meets the pool's lock no more than the others do. The kworker that
   * rises, he or another, closes it, and so knows all that has come. While it is open for one that sleeps no
   * other becomes its sleeper: the first may have been woken already.
   */

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

  /**
   * The head, times two; and whether it is {@link #FROZEN}. An item in front of it is not pending.
   */
  private volatile long word = FIRST << 1 | FROZEN;

  /** Whether the mouth may be open. */
  private boolean isOpen;

  Inbox(WorkerPool pool) {
    mouth = new Mouth(pool, this);
  }

  /** With the pool's lock, and by a kworker: gives it what it needs to be opened. */
  void furnish() {
    if (!isFurnished()) {
      furnish(mouth);
    }
  }

  /** With the pool's lock: lets items come in, if it is furnished. The caller keeps the promise. */
  void open(Arch arch, Context context) {
    if (isOpen || !isFurnished()) {
      return;
    }
    mouth.lock(arch, context);
    isOpen = true; // from here on without a call: see RawSpinlock
    mouth.open = true;
    mouth.held = 0;
  }

  /**
   * With the pool's lock, while nobody computes and it is closed and empty: who puts an item in
   * wakes him.
   */
  void openFor(HwThread sleeper, Arch arch, Context context) {
    tidy();
    mouth.lock(arch, context);
    isOpen = true;
    mouth.open = true;
    mouth.sleeper = sleeper;
    mouth.poked = false;
    mouth.tellHead();
    mouth.unlock();
  }

  /** With the pool's lock: nothing comes in from now on; all that is there can be taken. */
  void close(Arch arch, Context context) {
    if (!isOpen) {
      return;
    }
    tidy();
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

  @Override
  public long head() {
    return word >>> 1;
  }

  /** Without a lock: whether it seems to have items. */
  boolean seemsFilled() {
    return head() != mouth.tail();
  }

  /** With the pool's lock: the oldest, which stays; null if there is none. */
  WorkStruct first() {
    long at = head();
    return at < limit || seesMore() ? at(at) : null;
  }

  /** With the pool's lock: whether the kworker has caught up with those who queue. */
  boolean isCaughtUp() {
    return wasEarly() && !hasItems();
  }

  private boolean seesMore() {
    if (!isOpen) {
      return false;
    }
    look(mouth.tail());
    return hasItems();
  }

  /**
   * With the pool's lock: the oldest is about to run; it is not pending any more. The caller gives
   * the lock back, with a fence, before he calls it.
   */
  void dropFirst() {
    if (isDirty()) {
      clear();
    }
    WORD.setRelease(this, head() + 1 << 1 | FROZEN);
  }

  /**
   * With the pool's lock: the oldest is about to run, as in {@link #dropFirst}; and from now on the
   * kworker moves the head by {@link #claim}, without the lock.
   *
   * @return how far it may: to where all is known, and not so far that slots must be cleared before
   */
  long thaw() {
    tidy();
    WORD.setRelease(this, head() + 1 << 1);
    return Math.min(limit, cleared + UNCLEARED);
  }

  /** The kworker, without the lock: moves the head by one. @return false if it was frozen */
  boolean claim(long at) {
    return WORD.compareAndSet(this, at << 1, at + 1 << 1);
  }

  /** With the pool's lock: from now on the head stands still. @return where */
  long freeze() {
    return (long) WORD.getAndBitwiseOr(this, FROZEN) >>> 1;
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
    while (hasItems()) {
      enterFirst();
    }
    clear(); // for WorkBooks too: no slot keeps an item of a module that goes
  }

  /** With the pool's lock: enters the oldest on a list. */
  void enterFirst() {
    tidy();
    WorkStruct work = at(head());
    ((PoolQueue) work.__home).insert(work, this);
  }

  /** The oldest is about to be entered on a list: see {@link PoolQueue#insert}. */
  void handOverFirst(WorkStruct work) {
    long next = head() + 1;
    work.__state = __PENDING; // from here on without a call: see RawSpinlock
    word = next << 1 | FROZEN;
  }
}
