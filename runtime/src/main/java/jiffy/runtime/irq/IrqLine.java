package jiffy.runtime.irq;

import static jiffy.linux.Interrupts.IRQF_NO_AUTOEN;
import static jiffy.linux.Interrupts.IRQF_SHARED;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import jiffy.linux.Errno;

/**
 * One interrupt line: its handlers, how deep it is disabled, whether an interrupt waits for it.
 *
 * <p>Guarded by its monitor, under which nothing waits and no module's code runs; the volatile
 * fields are also read without it. The handlers are called by {@link IrqFlow}.
 */
final class IrqLine {
  /** Interrupts after which the share of those that nobody wanted is looked at. */
  static final int SPURIOUS_WINDOW = 100_000;

  /** So many of them may be spurious. */
  static final int SPURIOUS_LIMIT = 99_900;

  /** Unwanted ones that are farther apart are not counted together: Linux's HZ/10. */
  private static final long SPURIOUS_GAP_NANOS = 100_000_000L;

  final int number;
  final int cpu;

  /** How often it was served. */
  final AtomicLong served = new AtomicLong();

  private volatile List<IrqAction> actions = List.of();

  /** Its handlers run; stays set while one is stuck, so that none is ever entered twice. */
  private volatile boolean inProgress;

  private volatile boolean stuck;

  /** Depth of disable_irq; 1 while nobody has the line. */
  private int depth = 1;

  /** An interrupt came while it could not be served. */
  private boolean pending;

  /** It is on its way to the CPU. Written without the monitor only by who failed to send it. */
  volatile boolean queued;

  private int count;
  private int unhandled;
  private long lastUnhandledNanos;

  IrqLine(int number, int cpu) {
    this.number = number;
    this.cpu = cpu;
  }

  List<IrqAction> actions() {
    return actions;
  }

  boolean inProgress() {
    return inProgress;
  }

  boolean isStuck() {
    return stuck;
  }

  /** Adds a handler. @return null, or the one that it does not go with */
  synchronized IrqAction add(IrqAction action) {
    List<IrqAction> before = actions;
    if (!before.isEmpty()) {
      IrqAction old = before.get(0);
      if ((old.flags & action.flags & IRQF_SHARED) == 0) {
        return old;
      }
    }
    List<IrqAction> after = new ArrayList<>(before);
    after.add(action);
    actions = List.copyOf(after);
    if (before.isEmpty()) {
      depth = (action.flags & IRQF_NO_AUTOEN) != 0 ? 1 : 0;
      pending = false;
      count = 0;
      unhandled = 0;
    }
    return null;
  }

  /** Takes out the first handler that matches. @return it, or null */
  synchronized IrqAction remove(Predicate<IrqAction> match) {
    List<IrqAction> after = new ArrayList<>(actions);
    for (int i = 0; i < after.size(); i++) {
      if (match.test(after.get(i))) {
        IrqAction taken = after.remove(i);
        actions = List.copyOf(after);
        if (after.isEmpty()) {
          depth = 1;
          pending = false;
        }
        return taken;
      }
    }
    return null;
  }

  /**
   * An interrupt comes.
   *
   * @return 0; {@code -ENXIO} if nobody has the line; 1 if the caller is to send it to the CPU
   */
  synchronized int raise() {
    if (actions.isEmpty()) {
      return -Errno.ENXIO;
    }
    if (depth > 0 || queued) {
      pending |= depth > 0;
      return 0;
    }
    queued = true;
    return 1;
  }

  synchronized void disable() {
    depth++;
  }

  /**
   * @return 0; {@code -EINVAL} if it was not disabled; 1 if the caller is to send what waited to
   *     the CPU
   */
  synchronized int enable() {
    if (depth == 0) {
      return -Errno.EINVAL;
    }
    depth--;
    return resend();
  }

  private int resend() {
    if (depth == 0 && pending && !queued && !actions.isEmpty()) {
      pending = false;
      queued = true;
      return 1;
    }
    return 0;
  }

  /** It is served now. @return its handlers; empty if it may not be */
  synchronized List<IrqAction> begin() {
    queued = false;
    if (depth > 0 || inProgress) {
      pending = true;
      return List.of();
    }
    inProgress = true;
    return actions;
  }

  /** All handlers have returned. @return as {@link #enable} */
  synchronized int end() {
    stuck = false;
    inProgress = false;
    return resend();
  }

  /** A handler does not return. */
  void giveUp() {
    stuck = true;
  }

  /**
   * Counts it, as Linux's note_interrupt().
   *
   * @return whether nobody cares for this line: it is disabled now
   */
  synchronized boolean note(boolean handled, long nowNanos) {
    if (!handled) {
      unhandled = nowNanos - lastUnhandledNanos > SPURIOUS_GAP_NANOS ? 1 : unhandled + 1;
      lastUnhandledNanos = nowNanos;
    }
    if (++count < SPURIOUS_WINDOW) {
      return false;
    }
    count = 0;
    boolean nobodyCares = unhandled > SPURIOUS_LIMIT;
    unhandled = 0;
    if (nobodyCares) {
      depth++;
    }
    return nobodyCares;
  }

  @Override
  public String toString() {
    return "irq " + number;
  }
}
