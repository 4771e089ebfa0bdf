package jiffy.benchmarks.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.irq.DeadlineEvent;
import jiffy.runtime.irq.Interrupts;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;

/**
 * The same for a CPU's interrupt thread, which hrtimers and interrupt lines wake: work that was
 * given must not lie there with the thread asleep.
 *
 * <p>{@code scripts/bench jcstress -t InterruptThreadStress -m quick}
 */
public class InterruptThreadStress {
  private static final String STRANDED = "stranded";
  private static final String SEEN = "seen or woken";
  private static final String SERVED = "served";
  private static final long FAR = 1_000;
  private static final long NEAR = 5;

  /** One CPU with its interrupt thread, not yet run. */
  abstract static class OneCpu {
    final StressArch arch = new StressArch();
    final Contexts contexts = new Contexts(arch, 1);
    final Interrupts interrupts = new Interrupts(arch, contexts, 0, (level, text) -> {});
    final DeadlineEvent event = interrupts.event(0, context -> expire());
    volatile boolean served;

    void expire() {
      // Nothing is due in most of the tests.
    }
  }

  /** A timer is started while the thread goes to sleep until a later one. */
  @JCStressTest
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "It sleeps until that timer, or is woken.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "Started, and nobody wakes.")
  @State
  public static class Start extends OneCpu {
    /** The thread has its later deadline. */
    public Start() {
      event.program(FAR);
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who starts. */
    @Actor
    public void start() {
      event.program(NEAR);
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = arch.isStranded(NEAR) ? STRANDED : SEEN;
    }
  }

  /** A timer is started while the thread finds an earlier one due, which clears the event. */
  @JCStressTest
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "The handler programs it anew, or it is seen.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "Its programming was wiped out for good.")
  @State
  public static class StartWhileExpiring extends OneCpu {
    private final Object base = new Object();
    private long started = Arch.NEVER;

    /** The thread's deadline is now. */
    public StartWhileExpiring() {
      event.program(arch.now());
    }

    /** As the base of the hrtimers does: after the expired ones, the event is set to the next. */
    @Override
    void expire() {
      synchronized (base) {
        event.program(started);
      }
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who starts, under the base's lock. */
    @Actor
    public void start() {
      synchronized (base) {
        started = NEAR;
        event.program(NEAR);
      }
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = arch.isStranded(NEAR) ? STRANDED : SEEN;
    }
  }

  /** An interrupt is raised while the thread goes to sleep. */
  @JCStressTest
  @Outcome(id = SERVED, expect = ACCEPTABLE, desc = "The thread saw it before it slept.")
  @Outcome(id = SEEN, expect = ACCEPTABLE, desc = "The thread is woken for it.")
  @Outcome(id = STRANDED, expect = FORBIDDEN, desc = "Raised, and nobody wakes.")
  @State
  public static class Raise extends OneCpu {
    /** The thread has a deadline. */
    public Raise() {
      event.program(FAR);
    }

    /** The thread. */
    @Actor
    public void thread() {
      arch.play();
    }

    /** Who raises. */
    @Actor
    public void raise() {
      interrupts.raise(0, context -> served = true);
    }

    /** Afterwards. */
    @Arbiter
    public void look(L_Result result) {
      result.r1 = served ? SERVED : arch.isStranded(Long.MIN_VALUE) ? STRANDED : SEEN;
    }
  }
}
