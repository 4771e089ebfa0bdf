package jiffy.runtime.time;

import java.util.function.Consumer;
import jiffy.types.Hrtimer;

/**
 * The queued hrtimers of one clock, in the order of their expiries, equal ones in the order in
 * which they came. The first is at hand; adding and removing cost O(log n) and allocate nothing.
 *
 * <p>Not thread safe: guarded by the lock of the {@link HrtimerBase} that it belongs to.
 */
final class HrtimerTree {
  /*
   * A treap [1]: a binary search tree by (__key, __order), which is at the same time a heap by
   * __weight, a random number that a timer draws each time it is added. That makes it the tree which
   * adding in the order of falling weights would have given, so its depth is logarithmic whatever the
   * order of keys is (2 ln n on average), without any bookkeeping of balance.
   *
   *   add      goes down while weights are not smaller than the timer's; there the timer takes the place of the
   *            subtree, and that is split along the key's path into what is before and what is after
   *
   *                 at                        timer
   *                /  \      becomes         /     \
   *              ...  ...                keys <=   keys >
   *
   *   remove   goes down to the timer by its key; its two subtrees are zipped together, the heavier
   *            node on top each time
   *
   * Linux has a red-black tree here, whose repairs are calls by nature. These two are loops without a
   * call, which matters: a StackOverflowError of a module's recursion may strike at any call, and must
   * not find the tree half changed (see RawSpinlock).
   *
   * A timer's key is kept apart from its expiry. A module that changes the latter while the timer is
   * queued, which it must not, harms nobody.
   *
   * [1] Seidel, Aragon: Randomized Search Trees, Algorithmica 16 (1996).
   */

  private Hrtimer root;
  private Hrtimer first;
  private long order;
  private long random = 0x9E37_79B9_7F4A_7C15L;

  /** The earliest timer, or null. */
  Hrtimer first() {
    return first;
  }

  /** What {@link Hrtimer#__order} the next timer to be added gets. */
  long nextOrder() {
    return order;
  }

  /**
   * Adds a timer that is not queued.
   *
   * @param key where: behind all that have it already
   * @return whether it is the first now
   */
  boolean add(Hrtimer timer, long key) {
    long drawn = random;
    drawn ^= drawn << 13; // xorshift64
    drawn ^= drawn >>> 7;
    drawn ^= drawn << 17;
    int weight = (int) (drawn >>> 32);
    Hrtimer parent = null;
    boolean leftOfParent = false;
    Hrtimer at = root;
    while (at != null && at.__weight >= weight) {
      parent = at;
      leftOfParent = key < at.__key;
      at = leftOfParent ? at.__left : at.__right;
    }
    boolean leads = first == null || key < first.__key;

    random = drawn; // from here on without a call
    timer.__weight = weight;
    timer.__order = order++;
    timer.__key = key;
    timer.__left = null;
    timer.__right = null;
    if (parent == null) {
      root = timer;
    } else if (leftOfParent) {
      parent.__left = timer;
    } else {
      parent.__right = timer;
    }
    Hrtimer lastBefore = null;
    Hrtimer lastAfter = null;
    while (at != null) {
      if (key < at.__key) {
        if (lastAfter == null) {
          timer.__right = at;
        } else {
          lastAfter.__left = at;
        }
        lastAfter = at;
        at = at.__left;
      } else {
        if (lastBefore == null) {
          timer.__left = at;
        } else {
          lastBefore.__right = at;
        }
        lastBefore = at;
        at = at.__right;
      }
    }
    if (lastAfter != null) {
      lastAfter.__left = null;
    }
    if (lastBefore != null) {
      lastBefore.__right = null;
    }
    if (leads) {
      first = timer;
    }
    timer.__queued = true;
    return leads;
  }

  /**
   * Takes a timer out, if it is queued.
   *
   * @return whether it was
   */
  boolean remove(Hrtimer timer) {
    if (!timer.__queued) {
      return false;
    }
    long key = timer.__key;
    long number = timer.__order;
    Hrtimer parent = null;
    boolean leftOfParent = false;
    Hrtimer at = root;
    while (at != timer) {
      parent = at;
      leftOfParent = key < at.__key || (key == at.__key && number < at.__order);
      at = leftOfParent ? at.__left : at.__right;
    }
    Hrtimer before = timer.__left;
    Hrtimer after = timer.__right;
    Hrtimer newFirst = first;
    if (timer == newFirst) {
      newFirst = after == null ? parent : after;
      while (after != null && newFirst.__left != null) {
        newFirst = newFirst.__left;
      }
    }

    first = newFirst; // from here on without a call
    boolean zipping = true;
    while (zipping) {
      boolean takeBefore = after == null || (before != null && before.__weight >= after.__weight);
      Hrtimer top = takeBefore ? before : after;
      if (parent == null) {
        root = top;
      } else if (leftOfParent) {
        parent.__left = top;
      } else {
        parent.__right = top;
      }
      zipping = before != null && after != null;
      if (zipping) {
        parent = top;
        leftOfParent = !takeBefore;
        if (takeBefore) {
          before = top.__right;
        } else {
          after = top.__left;
        }
      }
    }
    timer.__left = null;
    timer.__right = null;
    timer.__queued = false;
    return true;
  }

  /** Shows every timer, in order. */
  void forEach(Consumer<Hrtimer> action) {
    forEach(root, action);
  }

  private static void forEach(Hrtimer top, Consumer<Hrtimer> action) {
    if (top != null) {
      forEach(top.__left, action);
      action.accept(top);
      forEach(top.__right, action);
    }
  }
}
