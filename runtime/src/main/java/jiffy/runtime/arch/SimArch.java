package jiffy.runtime.arch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A deterministic machine: virtual time, and one thread at a time, the one that holds the baton.
 *
 * <p>Time stands still while code runs. It moves only when a thread that gives up the baton finds
 * nobody else able to run: then straight to the earliest deadline. So a day in which little happens
 * takes as long as what happens in it, and the same program runs the same way each time.
 */
public final class SimArch implements Arch {
  /*
   * The baton. Threads are real Java threads; `running` is the one that may run, all others sleep in
   * awaitBaton(). A thread that parks puts itself into `sleepers` (ordered by deadline, then by who
   * came first) and calls passBaton(), which
   *   1. takes the first of `runnable`, a FIFO; the order of unparks is the order of running;
   *   2. else moves the clock to the first deadline and makes all of that instant runnable;
   *   3. else, if a driver waits for the dust to settle (advance), lets it go on at its target;
   *   4. else reports a deadlock to a driver: nobody can ever run.
   * If the one found is the caller, nothing is handed over: a hand-over costs two futex calls (12 us),
   * a clock step without one some 100 ns.
   *
   * With a policy the first of `runnable` is only the first of the choices, and choicePoint() is a place
   * to pass the baton without parking: who is preempted there stays first in line. The policy may also
   * choose that time passes while some could run: then whoever is due comes before them, as if an
   * interrupt had come. That never moves the clock beyond a settling driver's target.
   *
   * Drivers are the foreign threads: tests. A driver holds the baton from attach() to detach() but
   * for the time it is parked. With no driver inside, the world is frozen, whatever is runnable.
   *
   * Who loops without parking: relax() and delay() let virtual time pass (others may run meanwhile),
   * and so does each clock read after many in a row. Who loops or blocks without calling the arch at
   * all keeps the baton for ever; the drivers that wait for it notice that nothing has happened for
   * guardNanos of real time, and throw, naming it.
   */

  /** What {@link #relax} costs, in ns of virtual time. */
  public static final long RELAX_NANOS = 1_000;

  /** So many clock reads without a park between them are free. */
  private static final int FREE_CLOCK_READS = 1_000;

  /** Real time without any progress after which a driver gives up: 5 s. */
  private static final long GUARD_NANOS = 5_000_000_000L;

  /** 2026-01-01T00:00:00Z: the wall clock at switch-on. */
  private static final long DEFAULT_WALL_CLOCK = 1_767_225_600_000_000_000L;

  private final ReentrantLock world = new ReentrantLock();
  private final SimThreads javaThreads;
  private final boolean ownsThreads;
  private final ArrayDeque<SimThread> runnable = new ArrayDeque<>();
  private final TreeSet<SimThread> sleepers = new TreeSet<>(SimThread::byDeadline);
  private final ArrayList<SimThread> threads = new ArrayList<>();
  private final AtomicLong wallClockAtBoot;
  private volatile long guardNanos;

  /** Null: first come, first served. */
  private final SchedulePolicy policy;

  private SimThread running;
  private int drivers;
  private long numbers;
  private volatile long now;
  private final AtomicLong progress = new AtomicLong();
  private volatile boolean halted;
  private String deadlock;

  /** A machine whose wall clock begins at 2026-01-01. */
  public SimArch() {
    this(DEFAULT_WALL_CLOCK, GUARD_NANOS);
  }

  /** As above, where the policy says who runs. */
  public SimArch(SchedulePolicy policy) {
    this(
        DEFAULT_WALL_CLOCK,
        GUARD_NANOS,
        Objects.requireNonNull(policy),
        SimThreads.ofOneMachine(),
        true);
  }

  /** As above, on threads that it shares with the machines before and after it. */
  public SimArch(SchedulePolicy policy, SimThreads threads) {
    this(DEFAULT_WALL_CLOCK, GUARD_NANOS, Objects.requireNonNull(policy), threads, false);
  }

  /**
   * A machine with the given date.
   *
   * @param wallClockAtBoot ns since 1970
   * @param guardNanos real time without progress after which a driver gives up
   */
  SimArch(long wallClockAtBoot, long guardNanos) {
    this(wallClockAtBoot, guardNanos, null, SimThreads.ofOneMachine(), true);
  }

  private SimArch(
      long wallClockAtBoot,
      long guardNanos,
      SchedulePolicy policy,
      SimThreads javaThreads,
      boolean ownsThreads) {
    this.javaThreads = javaThreads;
    this.ownsThreads = ownsThreads;
    this.wallClockAtBoot = new AtomicLong(wallClockAtBoot);
    this.guardNanos = guardNanos;
    this.policy = policy;
  }

  @Override
  public long now() {
    return now;
  }

  @Override
  public long wallClock() {
    return wallClockAtBoot.get() + now;
  }

  /** Moves the wall clock by so many ns; {@link #now} does not notice. */
  public void stepWallClock(long nanos) {
    wallClockAtBoot.addAndGet(nanos);
  }

  @Override
  public boolean isSimulated() {
    return true;
  }

  @Override
  public boolean hasChoicePoints() {
    return policy != null;
  }

  @Override
  public HwThread spawn(String name, Consumer<HwThread> body) {
    SimThread thread;
    world.lock();
    try {
      thread = register(name, false);
      runnable.add(thread);
    } finally {
      world.unlock();
    }
    try {
      thread.run(javaThreads.start(name, () -> live(thread, body)));
    } catch (IllegalStateException e) { // nobody would ever give the baton back
      world.lock();
      try {
        threads.remove(thread);
        runnable.remove(thread);
      } finally {
        world.unlock();
      }
      throw e;
    }
    return thread;
  }

  /** Whether it is switched off, by {@link #close} or by the guard. */
  public boolean isHalted() {
    return halted;
  }

  private void live(SimThread thread, Consumer<HwThread> body) {
    try {
      thread.run(Thread.currentThread()); // before the first look: who grants unparks it
      awaitBaton(thread);
      body.accept(thread);
    } catch (SimHalt e) {
      return; // switched off
    } finally {
      world.lock();
      try {
        threads.remove(thread);
        if (running == thread) {
          passBaton(thread);
        }
      } finally {
        world.unlock();
      }
    }
  }

  @Override
  public HwThread attach() {
    world.lock();
    SimThread thread;
    boolean wait;
    try {
      if (halted) {
        throw switchedOff(true);
      }
      thread = register(Thread.currentThread().getName(), true);
      thread.run(Thread.currentThread());
      drivers++;
      wait = running != null;
      if (wait) {
        runnable.add(thread);
      } else {
        running = thread;
      }
    } finally {
      world.unlock();
    }
    if (wait) {
      awaitBaton(thread);
    }
    return thread;
  }

  @Override
  public void detach(HwThread self) {
    world.lock();
    try {
      drivers--;
      threads.remove(self);
      runnable.remove(self);
      sleepers.remove(self);
      if (running == self) {
        passBaton((SimThread) self);
      }
    } finally {
      world.unlock();
    }
  }

  @Override
  public void park(HwThread self, long deadline) {
    self.checkExpelled();
    sleep((SimThread) self, deadline, true, false);
    self.checkExpelled();
  }

  @Override
  public void unpark(HwThread thread) {
    SimThread target = (SimThread) thread;
    world.lock();
    try {
      if (target.parked && target.wakeable) {
        wake(target);
        runnable.add(target);
      } else {
        target.permit = true;
      }
    } finally {
      world.unlock();
    }
  }

  @Override
  public void relax(HwThread self) {
    delay(self, RELAX_NANOS);
  }

  @Override
  public void delay(HwThread self, long nanos) {
    if (nanos > 0) {
      sleep((SimThread) self, later(nanos), false, false);
    }
  }

  @Override
  public void clockRead(HwThread self) {
    SimThread thread = (SimThread) self;
    progress.incrementAndGet();
    if (++thread.clockReads > FREE_CLOCK_READS) {
      int reads = thread.clockReads;
      relax(self);
      thread.clockReads = reads;
    }
  }

  @Override
  public void choicePoint(HwThread self, String what) {
    if (policy == null) {
      return;
    }
    SimThread thread = (SimThread) self;
    world.lock();
    try {
      checkOn(thread);
      progress.incrementAndGet();
      thread.readySince = now;
      runnable.addFirst(thread);
      pickNext(thread, what);
      if (running == thread) {
        checkDeadlock(thread);
        return;
      }
    } finally {
      world.unlock();
    }
    awaitBaton(thread);
  }

  /**
   * Lets everything happen that is due in the next {@code nanos}, including what that sets off, and
   * returns at just that instant, when all is quiet.
   *
   * @param self an attached driver
   * @throws SimStalledException if a thread does not give the baton back
   */
  public void advance(HwThread self, long nanos) {
    sleep((SimThread) self, later(nanos), false, true);
  }

  /**
   * When the next thing will happen, once all is quiet now.
   *
   * @param self an attached driver
   * @return a time on {@link #now}'s scale, or {@link Arch#NEVER}
   */
  public long nextEvent(HwThread self) {
    advance(self, 0);
    world.lock();
    try {
      return sleepers.isEmpty() ? NEVER : sleepers.first().deadline;
    } finally {
      world.unlock();
    }
  }

  /** Real time without progress after which a driver gives up. Any thread. */
  public void setGuardNanos(long nanos) {
    guardNanos = nanos;
  }

  /** Grows whenever a thread calls in. Any thread. */
  public long progress() {
    return progress.get();
  }

  /** The thread that holds the baton. Any thread, for reports. */
  public Optional<Thread> runningThread() {
    world.lock();
    try {
      return running == null ? Optional.empty() : Optional.ofNullable(running.javaThread());
    } finally {
      world.unlock();
    }
  }

  @Override
  public void close() {
    world.lock();
    try {
      halted = true;
      for (SimThread thread : threads) {
        LockSupport.unpark(thread.javaThread());
      }
    } finally {
      world.unlock();
    }
    if (ownsThreads) {
      javaThreads.close();
    }
  }

  private long later(long nanos) {
    long until = now + nanos;
    return until < now ? NEVER : until;
  }

  private SimThread register(String name, boolean driver) {
    SimThread thread = new SimThread(numbers++, name, driver);
    thread.readySince = now;
    threads.add(thread);
    return thread;
  }

  private void sleep(SimThread self, long deadline, boolean wakeable, boolean settling) {
    world.lock();
    try {
      checkOn(self);
      progress.incrementAndGet();
      self.clockReads = 0;
      if (wakeable && self.permit) {
        self.permit = false;
        return;
      }
      self.parked = true;
      self.wakeable = wakeable;
      self.settling = settling;
      self.deadline = deadline;
      self.parkNumber = numbers++;
      if (deadline != NEVER && !settling) {
        sleepers.add(self);
      }
      passBaton(self);
      if (running == self) {
        self.granted = false;
        checkDeadlock(self);
        return;
      }
    } finally {
      world.unlock();
    }
    awaitBaton(self);
  }

  /** Guarded by the world's lock: finds who runs next and, if it is another, lets it go. */
  private void passBaton(SimThread self) {
    running = null;
    while (drivers > 0 && !halted && running == null) {
      if (!runnable.isEmpty()) {
        pickNext(self, null);
      } else {
        nextInstant(self);
      }
    }
  }

  /** Guarded by the world's lock: gives the baton to one of those that can run. */
  private void pickNext(SimThread self, String what) {
    grant(policy == null ? runnable.poll() : chosen(self, what), self);
  }

  private void grant(SimThread next, SimThread self) {
    running = next;
    if (next != self) {
      next.granted = true;
      LockSupport.unpark(next.javaThread());
    }
  }

  private SimThread chosen(SimThread self, String what) {
    for (; ; ) {
      boolean mayHoldUp = mayHoldUp();
      Choice choice = new Choice(self, what, List.copyOf(runnable), mayHoldUp, now);
      int option = Math.min(policy.choose(choice), choice.count() - 1);
      if (option < 0) {
        deadlock = SimReport.endless(threads, now);
        return anyDriver();
      }
      if (!choice.isHoldUp(option)) {
        SimThread next = choice.option(option);
        runnable.remove(next);
        return next;
      }
      List<SimThread> heldUp = List.copyOf(runnable);
      moveClock(sleepers.first().deadline);
      runnable.removeAll(heldUp);
      runnable.addAll(heldUp);
    }
  }

  /** Takes a driver out of whatever it does: it is to hear of something. */
  private SimThread anyDriver() {
    SimThread driver = threads.stream().filter(thread -> thread.driver).findFirst().orElseThrow();
    if (driver.parked) {
      wake(driver);
    } else {
      runnable.remove(driver);
    }
    return driver;
  }

  /**
   * Whether the next deadline is so near that it may come while somebody could run. Nobody is held
   * up longer than the policy says, however many deadlines follow each other: a periodic timer must
   * not keep a task from its next step for ever.
   */
  private boolean mayHoldUp() {
    if (sleepers.isEmpty() || policy.holdUpNanos() == 0) {
      return false;
    }
    long deadline = sleepers.first().deadline;
    for (SimThread thread : threads) {
      if (thread.settling && thread.deadline < deadline) {
        return false;
      }
    }
    for (SimThread thread : runnable) {
      if (deadline - thread.readySince > policy.holdUpNanos()) {
        return false;
      }
    }
    return true;
  }

  /** Guarded by the world's lock: all whose deadline has come then can run. */
  private void moveClock(long to) {
    now = Math.max(now, to);
    while (!sleepers.isEmpty() && sleepers.first().deadline <= now) {
      SimThread due = sleepers.first();
      wake(due);
      runnable.add(due);
    }
  }

  /**
   * Guarded by the world's lock: nobody can run now; makes somebody able to. A driver that waited
   * for just this gets the baton at once, before anything else can happen.
   */
  private void nextInstant(SimThread self) {
    SimThread settler = null;
    SimThread stuck = null;
    for (SimThread thread : threads) {
      if (thread.driver && thread.parked) {
        stuck = thread;
        if (thread.settling && (settler == null || thread.deadline < settler.deadline)) {
          settler = thread;
        }
      }
    }
    SimThread first = sleepers.isEmpty() ? null : sleepers.first();
    if (first != null && (settler == null || first.deadline <= settler.deadline)) {
      moveClock(first.deadline);
    } else if (settler != null) {
      now = Math.max(now, settler.deadline);
      wake(settler);
      grant(settler, self);
    } else {
      deadlock = SimReport.deadlock(threads, now);
      wake(stuck);
      grant(stuck, self);
    }
  }

  private void wake(SimThread thread) {
    if (thread.deadline != NEVER) {
      sleepers.remove(thread);
    }
    thread.parked = false;
    thread.settling = false;
    thread.readySince = now;
  }

  private void awaitBaton(SimThread self) {
    long seen = progress.get();
    long since = System.nanoTime();
    while (!self.granted) {
      if (halted) {
        throw switchedOff(self.driver);
      }
      if (!self.driver) {
        LockSupport.park(this);
      } else {
        LockSupport.parkNanos(this, guardNanos);
        if (progress.get() != seen) {
          seen = progress.get();
          since = System.nanoTime();
        } else if (System.nanoTime() - since >= guardNanos) {
          guard(self);
        }
      }
      self.keepInterrupt();
    }
    self.granted = false;
    world.lock();
    try {
      checkDeadlock(self);
    } finally {
      world.unlock();
    }
  }

  /** Nothing has happened for so long: switches off and throws, naming who has the baton. */
  private void guard(SimThread self) {
    SimThread holder;
    world.lock();
    try {
      holder = running;
      if (self.granted || holder == null || holder == self) {
        return;
      }
    } finally {
      world.unlock();
    }
    String message = SimReport.stalled(holder, guardNanos, now);
    close();
    throw new SimStalledException(message);
  }

  private void checkDeadlock(SimThread self) {
    if (deadlock != null && self.driver) {
      String message = deadlock;
      deadlock = null;
      throw new SimStalledException(message);
    }
  }

  private void checkOn(SimThread self) {
    if (halted) {
      throw switchedOff(self.driver);
    }
  }

  private static Error switchedOff(boolean driver) {
    if (driver) {
      throw new SimStalledException("the simulated machine is switched off");
    }
    return new SimHalt();
  }
}
