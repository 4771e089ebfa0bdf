package jiffy.runtime.printk;

import java.util.List;

/** The names of levels and facilities, as syslog(3) and dmesg have them. */
public final class SyslogNames {
  /** Of the levels; the index is the level. */
  public static final List<String> LEVELS =
      List.of("emerg", "alert", "crit", "err", "warn", "notice", "info", "debug");

  /** Of the facilities; the index is the facility. */
  public static final List<String> FACILITIES =
      List.of(
          "kern",
          "user",
          "mail",
          "daemon",
          "auth",
          "syslog",
          "lpr",
          "news",
          "uucp",
          "cron",
          "authpriv",
          "ftp",
          "res0",
          "res1",
          "res2",
          "res3",
          "local0",
          "local1",
          "local2",
          "local3",
          "local4",
          "local5",
          "local6",
          "local7");

  private SyslogNames() {}

  /** The name of a facility, or its number if it has none. */
  public static String facility(int facility) {
    return facility < FACILITIES.size() ? FACILITIES.get(facility) : Integer.toString(facility);
  }
}
