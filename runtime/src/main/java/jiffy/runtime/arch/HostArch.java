package jiffy.runtime.arch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The real machine: the JVM's clocks, real threads, {@link LockSupport}.
 *
 * <p>An interrupt sent to a kernel thread from outside is put aside by {@link #park}: Java's
 * interrupts mean nothing in here, and a pending one would turn each park into a spin.
 */
public final class HostArch implements Arch {
  private static final class HostThread extends HwThread {}

  /** The least that Linux takes; 0 would mean its default. */
  private static final String SLACK_NANOS = "1";

  /** What parking and being woken cost both sides together: 10 us. */
  private static final long LINGER_NANOS = 10_000;

  /**
   * Between two looks: 1 us. Who looked all the time would take the cache lines away from who is
   * about to hand something over; so there is more to find, too.
   */
  private static final long LINGER_STEP_NANOS = 1_000;

  private static final boolean CAN_LINGER = Runtime.getRuntime().availableProcessors() > 1;

  private final long origin = System.nanoTime();
  private final ThreadMaker maker = new ThreadMaker();

  @Override
  public long now() {
    return System.nanoTime() - origin;
  }

  @Override
  public long wallClock() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }

  @Override
  public boolean isSimulated() {
    return false;
  }

  /** A thread in a native method counts: it reads from a socket or a disk, more often than not. */
  @Override
  public boolean isBlocked(HwThread thread) {
    Thread java = thread.javaThread();
    if (java == null) {
      return false;
    }
    Thread.State state = java.getState();
    if (state != Thread.State.RUNNABLE) {
      return state != Thread.State.NEW && state != Thread.State.TERMINATED;
    }
    StackTraceElement[] stack = java.getStackTrace();
    return stack.length > 0 && stack[0].isNativeMethod();
  }

  @Override
  public HwThread spawn(String name, Consumer<HwThread> body) {
    HostThread handle = new HostThread();
    handle.run(
        maker.start(
            name,
            () -> {
              handle.run(Thread.currentThread());
              body.accept(handle);
            }));
    return handle;
  }

  @Override
  public HwThread attach() {
    HostThread handle = new HostThread();
    handle.run(Thread.currentThread());
    return handle;
  }

  @Override
  public void detach(HwThread self) {
    // A foreign thread keeps nothing of ours.
  }

  @Override
  public void park(HwThread self, long deadline) {
    self.checkExpelled();
    if (deadline == NEVER) {
      LockSupport.park(this);
    } else {
      long nanos = deadline - now();
      if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      }
    }
    self.keepInterrupt();
    self.checkExpelled();
  }

  @Override
  public boolean linger(BooleanSupplier more) {
    if (!CAN_LINGER) {
      return false;
    }
    long begin = System.nanoTime();
    long next = LINGER_STEP_NANOS;
    for (; ; ) {
      Thread.onSpinWait();
      long waited = System.nanoTime() - begin;
      if (waited >= next) {
        if (more.getAsBoolean()) {
          return true;
        }
        if (waited >= LINGER_NANOS) {
          return false;
        }
        next = waited + LINGER_STEP_NANOS;
      }
    }
  }

  @Override
  public void expel(HwThread thread, String why) {
    thread.expel(why);
    Thread javaThread = thread.javaThread();
    if (javaThread != null) {
      javaThread.interrupt(); // which ends a park, too
    }
  }

  @Override
  public void unpark(HwThread thread) {
    Thread javaThread = thread.javaThread();
    if (javaThread != null) {
      LockSupport.unpark(javaThread);
    }
  }

  @Override
  public void relax(HwThread self) {
    Thread.onSpinWait();
  }

  @Override
  public void giveWay(HwThread self) {
    Thread.yield();
  }

  @Override
  public void delay(HwThread self, long nanos) {
    long start = now();
    while (now() - start < nanos) {
      Thread.onSpinWait();
    }
  }

  /**
   * Linux wakes a thread late by up to its timer slack, 50 us by default, to save wake-ups. {@code
   * /proc/<tid>/timerslack_ns} sets it; the thread's own number is in the link {@code
   * /proc/thread-self}, as {@code <pid>/task/<tid>}.
   */
  @Override
  public void sharpen(HwThread self) {
    try {
      Path link = Files.readSymbolicLink(Path.of("/proc/thread-self"));
      Path slack = Path.of("/proc", link.getFileName().toString(), "timerslack_ns");
      Files.write(slack, SLACK_NANOS.getBytes(StandardCharsets.US_ASCII), StandardOpenOption.WRITE);
    } catch (IOException | RuntimeException e) {
      return; // no Linux, an old one, or /proc is hidden: wake-ups are as late as they are
    }
  }

  @Override
  public void close() {
    maker.close();
  }
}
