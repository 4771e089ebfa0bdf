package jiffy.runtime.printk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.format.Symbolizer;
import org.junit.jupiter.api.Test;

/**
 * The calls of the probe's printk.c, Q01 to Q53, against what Linux 6.1 stored for them: text,
 * level, fragment flag, splitting into records, sequence numbers, and what printk returned. Times
 * aside.
 */
class PrintkGoldenTest {
  private static final int PID = 137;
  private static final String FMT = "semprobe-fmt: ";
  private static final String SOH = "\001";
  private static final String EMERG = SOH + "0";
  private static final String ALERT = SOH + "1";
  private static final String CRIT = SOH + "2";
  private static final String ERR = SOH + "3";
  private static final String WARNING = SOH + "4";
  private static final String NOTICE = SOH + "5";
  private static final String INFO = SOH + "6";
  private static final String DEBUG = SOH + "7";
  private static final String CONT = SOH + "c";

  private final Stamps stamps = new Stamps();
  private final Log log = new Log(new LogRing(1 << 20), Symbolizer.NONE, stamps);

  private Log at(long nanos, int caller) {
    stamps.set(nanos, caller);
    return log;
  }

  private int printk(String format, Object... args) {
    return at(1, PID).vprintk(null, Log.LEVEL_DEFAULT, format, args);
  }

  @Test
  void printk_callsOfTheProbe_storeWhatLinuxStored() throws IOException {
    levelsAndHeaders();
    emptiesAndContinuations();
    texts();
    longs();
    prefixesAndLimits();
    List<String> ours = new ArrayList<>();
    LogReader reader = log.ring().reader();
    LogRecord record = new LogRecord();
    FormatBuffer line = new FormatBuffer(KmsgFormat.RECORD_MAX);
    while (reader.read(record)) {
      line.clear(KmsgFormat.RECORD_MAX);
      KmsgFormat.format(record, false, line);
      ours.add(line.toString().stripTrailing());
    }
    List<String> truth = truth();
    long base = Long.parseLong(truth.get(0).split(",")[1]);
    assertThat(ours.stream().map(l -> comparable(l, 0)).collect(Collectors.joining("\n")))
        .isEqualTo(truth.stream().map(l -> comparable(l, base)).collect(Collectors.joining("\n")));
  }

  /** A record without its time, numbered from 0. */
  private static String comparable(String record, long base) {
    String[] fields = record.split("[,;]", 4);
    return fields[0] + "," + (Long.parseLong(fields[1]) - base) + "," + fields[3].stripTrailing();
  }

  private static List<String> truth() throws IOException {
    try (InputStream in =
        PrintkGoldenTest.class.getResourceAsStream("/printk/semprobe_printk_kmsg.txt")) {
      List<String> all =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(l -> !l.startsWith(" "))
              .collect(Collectors.toList());
      return all.subList(indexOf(all, ";Q01 no level"), indexOf(all, ";Q54 00000000"));
    }
  }

  private static int indexOf(List<String> lines, String part) {
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).contains(part)) {
        return i;
      }
    }
    throw new AssertionError("no " + part);
  }

  private void levelsAndHeaders() {
    printk("Q01 no level\n");
    printk(EMERG + "Q02 emerg\n");
    printk(ALERT + "Q03 alert\n");
    printk(CRIT + "Q04 crit\n");
    printk(ERR + "Q05 err\n");
    printk(WARNING + "Q06 warning\n");
    printk(NOTICE + "Q07 notice\n");
    printk(INFO + "Q08 info\n");
    printk(DEBUG + "Q09 debug\n");
    printk("Q10 default\n");
    printk("<3>Q11 old style prefix\n");
    printk("\0015Q12 SOH 5 by hand\n");
    printk("\001" + "8Q13 SOH 8\n");
    printk("\001" + "xQ14 SOH x\n");
    printk(INFO + ERR + "Q15 two levels info,err\n");
  }

  private void emptiesAndContinuations() {
    printk(ERR + "\n");
    printk("");
    printk(INFO);
    printk("\n\n");
    printk(INFO + "Q16 after empties\n");
    printk(INFO + "Q17 no newline");
    printk(INFO + "Q18 next record after missing newline\n");
    printk(INFO + "Q19 cont start:");
    for (int i = 0; i < 3; i++) {
      assertThat(printk(CONT + " part%d", i)).isEqualTo(6);
    }
    printk(CONT + " end\n");
    printk(INFO + "Q20 cont without level start:");
    printk(" implicit?");
    printk("\n");
    printk(INFO + "Q21 complete\n");
    printk(CONT + "Q21b KERN_CONT after a complete line\n");
    printk(INFO + "Q22 open line");
    printk(ERR + "Q23 other level interrupts");
    printk(CONT + " Q23cont\n");
    printk(INFO + "Q24 line one\nQ24 line two\nQ24 line three\n");
    printk(INFO + "Q25 trailing blank line\n\n");
    printk(INFO + "\nQ26 leading newline\n");
    printk(INFO + "Q27 a\n" + ERR + "Q27 b embedded level\n");
  }

  private void texts() {
    printk(INFO + "Q28 tab\there bell\007 esc\033[31mred\033[0m cr\rX bs\\ del\177 nul-less\n");
    printk(INFO + "Q29 utf8 é € 😀 invalid %s\n", (Object) new byte[] {(byte) 0xff, (byte) 0xfe});
    printk(INFO + "Q30 percent %% quote \" backslash \\ n\\n\n");
    printk(INFO + "Q31 null string %s\n", (Object) null);
    int r = printk("Q32 return value\n");
    printk(INFO + "Q33 printk returned %d for 17 chars incl newline\n", r);
    r = printk(INFO + "Q34\n");
    printk(INFO + "Q35 returned %d for 'Q34\\n' with KERN_INFO\n", r);
  }

  private void longs() {
    int[] sizes = {900, 1100, 3000};
    for (int i = 0; i < 3; i++) {
      char[] big = new char[sizes[i] - 1];
      Arrays.fill(big, (char) ('a' + i));
      "Q36 long ".getChars(0, 9, big, 0);
      int r = printk(INFO + "%sEND\n", new String(big));
      printk(INFO + "Q37 long message of %d+3+newline returned %d\n", sizes[i] - 1, r);
    }
    char[] big = new char[1500];
    Arrays.fill(big, 'm');
    for (int i = 99; i < 1500; i += 100) {
      big[i] = '\n';
    }
    "Q38 ".getChars(0, 4, big, 0);
    int r = printk(INFO + "%s", new String(big));
    printk(INFO + "Q39 long multi-line 1500 returned %d\n", r);
    printk(INFO + "Q40 long cont: ");
    for (int i = 0; i < 30; i++) {
      printk(CONT + "0123456789012345678901234567890123456789-%02d-", i);
    }
    printk(CONT + "\n");
  }

  private void prefixesAndLimits() {
    printk(EMERG + FMT + "Q41 pr_emerg\n");
    printk(ERR + FMT + "Q42 pr_err with pr_fmt\n");
    printk(WARNING + FMT + "Q43 pr_warn\n");
    printk(NOTICE + FMT + "Q44 pr_notice\n");
    printk(INFO + FMT + "Q45 pr_info\n");
    printk(INFO + FMT + "Q48 pr_info then pr_cont");
    printk(CONT + " ..pr_cont\n");
    printk(INFO + "Q49 once %d\n", 0);
    printk(INFO + FMT + "Q50 pr_info_once %d\n", 0);
    long now = 3_454; // jiffies at 250 Hz
    RateLimit first = new RateLimit(1_250, 10);
    for (int i = 0; i < 25; i++) {
      ratelimited(first, now, INFO + "Q51 ratelimited %d\n", i);
    }
    now += 1_342;
    // The probe's loop has a call site of its own for 25 and 26.
    RateLimit second = new RateLimit(1_250, 10);
    for (int i = 25; i < 27; i++) {
      ratelimited(second, now, INFO + "Q51 ratelimited %d\n", i);
    }
    RateLimit third = new RateLimit(1_250, 10);
    for (int i = 0; i < 30; i++) {
      ratelimited(third, now, INFO + FMT + "Q52 rl %d\n", i);
    }
    now += 1_344;
    RateLimit fourth = new RateLimit(1_250, 10);
    for (int i = 0; i < 13; i++) {
      ratelimited(fourth, now, WARNING + FMT + "Q53 warn rl %d\n", i);
      now += i == 11 ? 1_344 : 0;
    }
  }

  private void ratelimited(RateLimit limit, long nowJiffies, String format, int i) {
    int missed = limit.acquire(nowJiffies);
    if (missed > 0) {
      printk(WARNING + "%s: %d callbacks suppressed\n", "sp_printk", missed);
    }
    if (missed != RateLimit.SUPPRESSED) {
      printk(format, i);
    }
  }
}
