package jiffy.cli.dmesg;

import java.util.List;
import java.util.Locale;
import jiffy.runtime.printk.SyslogNames;

/** The texts of {@code --help} and {@code --version}. */
final class Help {
  /** The version whose output scripts know how to read. */
  static final String VERSION = "dmesg from util-linux 2.38.1\n";

  private static final String USAGE =
      """

      Usage:
       dmesg [options]

      Display or control the kernel ring buffer.

      Options:
       -C, --clear                 clear the kernel ring buffer
       -c, --read-clear            read and clear all messages
       -D, --console-off           disable printing messages to console
       -E, --console-on            enable printing messages to console
       -F, --file <file>           use the file instead of the kernel log buffer
       -K, --kmsg-file <file>      use the file in kmsg format
       -f, --facility <list>       restrict output to defined facilities
       -H, --human                 human readable output
       -J, --json                  use JSON output format
       -k, --kernel                display kernel messages
       -L, --color[=<when>]        colorize messages (auto, always or never)
                                     colors are enabled by default
       -l, --level <list>          restrict output to defined levels
       -n, --console-level <level> set level of messages printed to console
       -P, --nopager               do not pipe output into a pager
       -p, --force-prefix          force timestamp output on each line of multi-line messages
       -r, --raw                   print the raw message buffer
           --noescape              don't escape unprintable character
       -S, --syslog                force to use syslog(2) rather than /dev/kmsg
       -s, --buffer-size <size>    buffer size to query the kernel ring buffer
       -u, --userspace             display userspace messages
       -w, --follow                wait for new messages
       -W, --follow-new            wait and print only new messages
       -x, --decode                decode facility and level to readable string
       -d, --show-delta            show time delta between printed messages
       -e, --reltime               show local time and time delta in readable format
       -T, --ctime                 show human-readable timestamp
       -t, --notime                don't show any timestamp with messages
           --time-format <format>  show timestamp using the given format:
                                     [delta|reltime|ctime|notime|iso|raw]
      Suspending/resume will make ctime and iso timestamps of a file inaccurate.
           --since <time>          display the lines since the specified time
           --until <time>          display the lines until the specified time

      What only this dmesg has:
           --export-kmsg <file>    write the kernel log to the file in kmsg format
           --grep <pattern>        restrict output to texts with this regular expression;
                                     one without capital letters matches in any case
           --module <list>         restrict output to what these modules caused
       --follow with --json prints an object in a line of its own for each message.

       -h, --help                  display this help
       -V, --version               display version
      """;

  private static final List<String> FACILITY_TEXTS =
      List.of(
          "kernel messages",
          "random user-level messages",
          "mail system",
          "system daemons",
          "security/authorization messages",
          "messages generated internally by syslogd",
          "line printer subsystem",
          "network news subsystem",
          "UUCP subsystem",
          "clock daemon",
          "security/authorization messages (private)",
          "FTP daemon");

  private static final List<String> LEVEL_TEXTS =
      List.of(
          "system is unusable",
          "action must be taken immediately",
          "critical conditions",
          "error conditions",
          "warning conditions",
          "normal but significant condition",
          "informational",
          "debug-level messages");

  private Help() {}

  /** The text of {@code --help}. */
  static String text() {
    StringBuilder text = new StringBuilder(USAGE);
    text.append("\nSupported log facilities:\n");
    for (int i = 0; i < SyslogNames.FACILITIES.size(); i++) {
      row(text, SyslogNames.FACILITIES.get(i), facilityText(i));
    }
    text.append("\nSupported log levels (priorities):\n");
    for (int i = 0; i < SyslogNames.LEVELS.size(); i++) {
      row(text, SyslogNames.LEVELS.get(i), LEVEL_TEXTS.get(i));
    }
    return text.append("\nFor more details see dmesg(1).\n").toString();
  }

  private static String facilityText(int facility) {
    if (facility < FACILITY_TEXTS.size()) {
      return FACILITY_TEXTS.get(facility);
    }
    return facility < 16 ? "reserved" : "reserved for local use";
  }

  private static void row(StringBuilder text, String name, String meaning) {
    text.append(String.format(Locale.ROOT, "%8s - %s%n", name, meaning).replace("\r", ""));
  }
}
