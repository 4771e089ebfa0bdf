package jiffy.testkit.race;

/** What the races have in common. */
final class Races {
  /** Within so many schedules each race is found. */
  static final int SCHEDULES = 1_000;

  private Races() {}
}
