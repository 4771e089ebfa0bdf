package jiffy.runtime;

/** Which Jiffy this is. */
public final class Version {
  /** The release, as in the parent POM. */
  public static final String JIFFY = "0.1.0";

  /** Its API's major and minor, which a module's {@code Jiffy-Vermagic} says. */
  public static final String VERMAGIC = "0.1";

  private Version() {}
}
