package jiffy.runtime.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import jiffy.types.TimerList;

/**
 * What timers should do, kept in a sorted map: which are pending, and at which jiffy each fires.
 *
 * <p>Not thread safe: on virtual time one thread runs at a time.
 */
final class TimerOracle {
  /*
   * The jiffy follows from the expiry and the wheel's clock at the arming. That clock is now, or the
   * jiffy after if this jiffy has been run on that CPU; which of the two, the oracle does not know. So
   * it computes both, which are the same but where the distance is just at the border of a level. A
   * past expiry can also mean this very jiffy: if the timer is due now, on a CPU that has not run this
   * jiffy yet, it is left where it is; and a callback may run late for the jiffy before, with this one
   * still to be run in the same go.
   */

  /** Which rule. */
  enum Wheel {
    /** Linux 6.1's: the granule grows with the distance at the arming. */
    LEVELS(""),
    /** That of the seeds: exact. */
    CASCADING("timer_wheel=cascading");

    final String bootParameter;

    Wheel(String bootParameter) {
      this.bootParameter = bootParameter;
    }
  }

  /** A timer, and what the oracle knows of it. */
  static final class Probe extends TimerList {
    final int number;
    boolean pending;
    int cpu;
    long expiresAt;
    private long[] due = {};

    Probe(int number) {
      this.number = number;
    }

    private long latest() {
      return due[due.length - 1];
    }

    @Override
    public String toString() {
      return "timer " + number + ", expires " + expires + ", due " + java.util.Arrays.toString(due);
    }
  }

  /** The oracle does not know on which CPU the timer will run. */
  static final int ANY_CPU = -1;

  private final Wheel wheel;
  private final int levels;
  private final TreeMap<Long, Set<Probe>> pendingByLatest = new TreeMap<>();
  int fired;

  TimerOracle(Wheel wheel, int hz) {
    this.wheel = wheel;
    this.levels = hz > 100 ? 9 : 8;
  }

  /** The timer was armed, at a jiffy, for another. */
  void armed(Probe probe, long expires, long now, int cpu, boolean inCallback) {
    boolean dueNow = expires <= now && (inCallback || probe.pending && probe.due[0] <= now);
    disarmed(probe);
    List<Long> due = new ArrayList<>();
    if (dueNow) {
      due.add(now);
    }
    due.add(Math.max(firesAt(expires, now), now + 1));
    due.add(Math.max(firesAt(expires, now + 1), now + 1));
    probe.due = due.stream().mapToLong(Long::longValue).sorted().toArray();
    probe.pending = true;
    probe.expiresAt = expires;
    probe.cpu = cpu;
    pendingByLatest.computeIfAbsent(probe.latest(), j -> new LinkedHashSet<>()).add(probe);
  }

  private long firesAt(long expires, long clock) {
    if (wheel == Wheel.CASCADING || expires < clock) {
      return expires;
    }
    long top = 63L << 3 * (levels - 1);
    long reached = expires - clock < top ? expires : clock + top - (1L << 3 * (levels - 1));
    int shift = 0;
    while (shift < 3 * (levels - 1) && expires - clock >= 63L << shift) {
      shift += 3;
    }
    return (reached >> shift) + 1 << shift;
  }

  /** The timer was deleted, or has fired. */
  void disarmed(Probe probe) {
    if (probe.pending) {
      probe.pending = false;
      Set<Probe> same = pendingByLatest.get(probe.latest());
      same.remove(probe);
      if (same.isEmpty()) {
        pendingByLatest.remove(probe.latest());
      }
    }
  }

  /** Its callback has begun. */
  void fired(Probe probe, long now, int cpu) {
    assertThat(probe.pending).as("fires but is not pending: %s", probe).isTrue();
    assertThat(probe.due).as("jiffies at which it may fire: %s", probe).contains(now);
    assertThat(probe.expires).isEqualTo(probe.expiresAt);
    if (probe.cpu != ANY_CPU) {
      assertThat(cpu).as("CPU of %s", probe).isEqualTo(probe.cpu);
    }
    disarmed(probe);
    fired++;
  }

  /** In the midst of a jiffy: all that was due up to now must have fired. */
  void nothingIsOverdue(long now) {
    if (!pendingByLatest.isEmpty() && pendingByLatest.firstKey() <= now) {
      throw new AssertionError(
          "overdue at " + now + ": " + pendingByLatest.firstEntry().getValue());
    }
  }

  /** The latest jiffy at which one fires; 0 if none is pending. */
  long last() {
    return pendingByLatest.isEmpty() ? 0 : pendingByLatest.lastKey();
  }
}
