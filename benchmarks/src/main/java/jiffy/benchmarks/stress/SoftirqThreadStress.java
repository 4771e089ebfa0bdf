package jiffy.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.irq.Softirqs;
import jiffy.runtime.irq.Vector;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * A CPU's softirq thread goes to sleep while somebody gives it work. It publishes how long it
 * sleeps and that it sleeps, looks again, and parks; who gives it work publishes that, looks
 * whether the thread sleeps, and only then unparks. If either side looked too soon, the work would
 * lie there with the thread asleep: that is forbidden everywhere below.
 *
 * <p>{@code scripts/bench jcstress -t SoftirqThreadStress -m quick}
 */
public class SoftirqThreadStress {
  private static final String STRANDED = "stranded";
  private static final String SEEN = "seen or woken";
  private static final String SERVED = "served";
  private static final long FAR = 1_000;
  private static final long NEAR = 5;

  /** One CPU with its softirq thread, not yet run. */
  abstract static class OneCpu {
    final StressArch arch = new StressArch();
    final Contexts contexts = new Contexts(arch, 1);
    final Softirqs softirqs = new Softirqs(arch, contexts, (level, text) -> {});
    final Context raiser;
    volatile boolean served;

    OneCpu() {
      Cpu cpu = contexts.cpus().get(0);
      raiser = contexts.make(arch.handle(), cpu, cpu.idle);
      softirqs.open(Vector.TASKLET, context -> served = true);
      softirqs.open(Vector.TIMER, context -> timerSoftirq());
    }

    void timerSoftirq() {
      // Nothing is due in most of the tests.
    }

    void program(long nanos) {
      softirqs.clockEvent(0).program(nanos);
    }
  }

  /** A timer is armed while the thread goes to sleep until a later one. */
  @JCStressTest
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "It sleeps until that timer, or is woken.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "Armed, and nobody wakes.")
  @State
  public static class Arm extends OneCpu {
    /** The thread has its later deadline. */
    public Arm() {
      program(FAR);
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who arms. */
    @Actor
    public void arm() {
      program(NEAR);
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = arch.isStranded(NEAR) ? STRANDED : SEEN;
    }
  }

  /** A timer is armed while the thread finds an earlier one due, which clears the clock event. */
  @JCStressTest
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "The softirq programs it anew, or it is seen.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "Its programming was wiped out for good.")
  @State
  public static class ArmWhileExpiring extends OneCpu {
    private final Object base = new Object();
    private long armed = Arch.NEVER;

    /** The thread's deadline is now. */
    public ArmWhileExpiring() {
      program(arch.now());
    }

    /** As the timer softirq does: after the expired timers, the clock is set to the next. */
    @Override
    void timerSoftirq() {
      synchronized (base) {
        program(armed);
      }
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who arms, under the base's lock. */
    @Actor
    public void arm() {
      synchronized (base) {
        armed = NEAR;
        program(NEAR);
      }
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = arch.isStranded(NEAR) ? STRANDED : SEEN;
    }
  }

  /** A softirq is raised while the thread goes to sleep. */
  @JCStressTest
  @Outcome(id = SERVED, expect = ACCEPTABLE, desc = "The thread saw it before it slept.")
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "The thread is woken for it.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "Raised, and nobody wakes.")
  @State
  public static class Raise extends OneCpu {
    /** The thread has a deadline. */
    public Raise() {
      program(FAR);
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who raises. */
    @Actor
    public void raise() {
      softirqs.raise(raiser, Vector.TASKLET);
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = served ? SERVED : arch.isStranded(Long.MIN_VALUE) ? STRANDED : SEEN;
    }
  }

  /** A timer is armed and a softirq raised before there is a thread. */
  @JCStressTest
  @Outcome(id = SERVED, expect = ACCEPTABLE, desc = "One thread was made, which sees both.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "No thread, more than one, or it missed one.")
  @State
  public static class Birth extends OneCpu {
    /** Who raises. */
    @Actor
    public void raise() {
      softirqs.raise(raiser, Vector.TASKLET);
    }

    /** Who arms. */
    @Actor
    public void arm() {
      program(NEAR);
    }

    /** The thread begins after both. */
    @Arbiter
    public void look(L_Result result) {
      if (arch.spawned() == 1) {
        arch.play();
      }
      boolean all = arch.spawned() == 1 && served && !arch.isStranded(NEAR);
      result.r1 = all ? SERVED : STRANDED;
    }
  }

  /** The machine stops while the thread goes to sleep. */
  @JCStressTest
  @Outcome(id = SERVED, expect = ACCEPTABLE, desc = "It has ended.")
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "It is woken, and will.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "It sleeps on.")
  @State
  public static class Stop extends OneCpu {
    /** The thread has a deadline. */
    public Stop() {
      program(FAR);
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who stops. */
    @Actor
    public void stop() {
      softirqs.stop();
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      boolean stranded = arch.isStranded(Long.MIN_VALUE);
      result.r1 = arch.hasEnded() ? SERVED : stranded ? STRANDED : SEEN;
    }
  }
}
