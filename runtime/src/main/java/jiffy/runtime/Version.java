package jiffy.runtime;

/** Which Jiffy this is. */
public final class Version {
  /** The release, as in the parent POM. */
  public static final String JIFFY = "0.1.0";

  private Version() {}
}
