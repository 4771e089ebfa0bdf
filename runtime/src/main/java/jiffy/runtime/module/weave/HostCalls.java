package jiffy.runtime.module.weave;

import java.util.Map;
import java.util.Set;

/** Calls by which a run depends on more than its schedule: the host's clock, sleep and chance. */
enum HostCalls {
  CLOCK("reads the system clock", "the run cannot be repeated; use ktime_get()"),
  SLEEP("sleeps outside the kernel", "all others stand still meanwhile; use msleep()"),
  CHANCE("takes random numbers", "the run cannot be repeated; use new Random(seed)");

  private static final Set<String> CLOCKS =
      Set.of(
          "System.nanoTime",
          "System.currentTimeMillis",
          "Clock.systemUTC",
          "Clock.systemDefaultZone",
          "Clock.system",
          "Calendar.getInstance");

  private static final Set<String> SLEEPS =
      Set.of(
          "Thread.sleep",
          "Object.wait",
          "LockSupport.park",
          "LockSupport.parkNanos",
          "LockSupport.parkUntil",
          "TimeUnit.sleep");

  private static final Set<String> CHANCES =
      Set.of("Math.random", "UUID.randomUUID", "ThreadLocalRandom.current");

  /** By constructor and descriptor. */
  private static final Map<String, HostCalls> MADE =
      Map.of(
          "Date()V", CLOCK,
          "Random()V", CHANCE,
          "SplittableRandom()V", CHANCE,
          "SecureRandom()V", CHANCE);

  private final String does;
  private final String advice;

  HostCalls(String does, String advice) {
    this.does = does;
    this.advice = advice;
  }

  /**
   * Which of them a call is.
   *
   * @param owner internal name
   * @return null if it is none
   */
  static HostCalls of(String owner, String name, String descriptor) {
    if (!owner.startsWith("java/")) {
      return null;
    }
    String simple = SharedFields.simpleName(owner);
    if (name.equals("<init>")) {
      return MADE.get(simple + descriptor);
    }
    if (owner.startsWith("java/time/") && name.equals("now")) {
      return descriptor.startsWith("(Ljava/time/Clock;") ? null : CLOCK;
    }
    String call = simple + "." + name;
    if (CLOCKS.contains(call)) {
      return CLOCK;
    }
    if (SLEEPS.contains(call)) {
      return SLEEP;
    }
    return CHANCES.contains(call) ? CHANCE : null;
  }

  /**
   * A line for the log.
   *
   * @param place {@code Kt.java:45}
   */
  String note(String place, String owner, String name) {
    String simple = SharedFields.simpleName(owner);
    String call = name.equals("<init>") ? "new " + simple + "()" : simple + "." + name;
    return place + " " + does + " (" + call + "): " + advice;
  }
}
