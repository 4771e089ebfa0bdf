package jiffy.runtime;

/** What a test's kernel runs on. */
public enum Platform {
  /** Virtual time, one thread at a time, the same order in every run. */
  SIM,
  /** The JVM's threads and clock. */
  HOST
}
