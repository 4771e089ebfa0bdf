package jiffy.runtime.workqueue;

import java.util.function.Consumer;
import jiffy.types.WorkStruct;

/**
 * Items in a ring through their own links, with a head that is none. Guarded by the lock of the
 * pool.
 *
 * <p>An item is taken out without knowing which list it is on. Where a module's code may be deep in
 * a recursion the links are written in place instead: see RawSpinlock.
 */
final class WorkList {
  /** Before the first and after the last. */
  final WorkStruct head = new WorkStruct();

  WorkList() {
    head.__next = head;
    head.__prev = head;
  }

  boolean isEmpty() {
    return head.__next == head;
  }

  /** The first, still on the list; null if there is none. */
  WorkStruct first() {
    return head.__next == head ? null : head.__next;
  }

  /** Puts one that is on no list at the end. */
  void addLast(WorkStruct work) {
    WorkStruct last = head.__prev;
    work.__next = head;
    work.__prev = last;
    last.__next = work;
    head.__prev = work;
  }

  /** Takes one off the list that it is on. */
  static void unlink(WorkStruct work) {
    WorkStruct next = work.__next;
    WorkStruct prev = work.__prev;
    prev.__next = next;
    next.__prev = prev;
    work.__next = null;
    work.__prev = null;
  }

  void forEach(Consumer<WorkStruct> action) {
    for (WorkStruct work = head.__next; work != head; work = work.__next) {
      action.accept(work);
    }
  }
}
