package samples.semprobe;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The lines of a section that need not be the same as on Linux, each with its reason. A listed line
 * that is the same after all fails, so that the list cannot rot; but a time that was measured is
 * never compared: of such a line the rest is.
 */
final class Exemptions {
  private enum Kind {
    /** Numbers that tell how fast that machine was: the named fields are masked. */
    MEASURED,
    /** Another text. */
    DIFFERENT,
    /** Not asked here. */
    LEFT_OUT
  }

  /** On which CPU a kworker of no CPU runs is the scheduler's choice. */
  private static final Pattern UNBOUND =
      Pattern.compile("wq\\.order_(ordered|unbound|create_singlethread)_");

  /** What does not depend on when it is asked. */
  private static final Pattern TIMELESS =
      Pattern.compile("conv\\.(?!round_jiffies|get_jiffies_64).*");

  private record Exemption(Kind kind, List<String> fields, String text, String reason) {}

  private final Map<String, Exemption> exempted = new LinkedHashMap<>();

  private Exemptions() {}

  /** Those of a section. */
  static Exemptions of(String section) {
    Exemptions exemptions = new Exemptions();
    switch (section) {
      case "timer" -> exemptions.timer();
      case "ctx" -> exemptions.ctx();
      case "hr" -> exemptions.hr();
      case "tasklet" -> exemptions.tasklet();
      case "wq" -> exemptions.wq();
      case "conv" -> exemptions.conv();
      case "sync" -> exemptions.sync();
      default -> {}
    }
    return exemptions;
  }

  private void timer() {
    measured(
        "timer.deferrable_5j_idle_cpu",
        "when an idle CPU wakes is chance: 473 here, 538 in another run of the same kernel",
        "fired_after");
    different(
        "timer.running_on_other_cpu_rearmed",
        "semprobe: timer.running_on_other_cpu_rearmed | my_cpu=0 entered=1 cb_cpu=1 pending=1",
        "a race: the recorded CPU 0 looked between the other's entered = 1 and its mod_timer; in a"
            + " simulation the callback has come to its cpu_relax");
  }

  private void ctx() {
    leftOut("ctx.smp_call_function_single(IPI)", "there are no calls to another CPU yet");
    leftOut("ctx.rcu_read_lock", "there is no RCU yet");
  }

  private void hr() {
    String reason = "microseconds that the recorded machine took";
    measured("hr.started", reason, "remaining_us");
    measured("hr.restart_active", reason, "remaining_us");
    measured("hr.cancel_active", reason, "remaining_after_cancel_us");
    measured("hr.expired", reason, "late_us", "remaining_us");
    measured("hr.RESTART_without_forward", reason, "late_us");
    measured("hr.start_rel_0_ns", reason, "late_us");
    measured("hr.start_rel_-1000000_ns", reason, "late_us");
    measured("hr.start_rel_1000_ns", reason, "late_us");
    measured("hr.start_abs_1s_in_past", reason, "late_us");
    different(
        "hr.start_rel_1_ns",
        "semprobe: hr.start_rel_1_ns | ran_on_return=1 ran_2ms_later=1 late_us=0",
        "a race: once in many runs the recorded machine's interrupt came a millisecond late; at 0,"
            + " 1000 ns and in the past it had run on return");
    different(
        Recording.WARNING,
        "WARNING: CPU: 0 PID: N at hrtimer_forward: fn [semprobe] set up at forward"
            + " (SpHr.java:N) is queued: not moved",
        "registers and addresses of x86 there; here who set the timer up, and where");
  }

  private void tasklet() {
    String reason = "mdelay(100) took 60 ms there, its delay loop being badly calibrated";
    measured("tasklet.kill_while_running_on_cpu1", reason, "waited_jiffies");
    measured("tasklet.schedule_while_running_elsewhere+disable", reason, "waited");
  }

  private void wq() {
    measured(
        "wq.delay_100",
        "the wheel's granule is 8 jiffies there: 100 to 108, by the jiffy at which it was queued",
        "ran_after_jiffies");
  }

  private void conv() {
    measured(
        "conv.get_jiffies_64==jiffies",
        "time since boot counts the 187 ms before the recorded machine's first tick",
        "uptime_ms");
  }

  private void sync() {
    for (int ms : new int[] {0, 1, 3, 4, 5, 10, 20, 100}) {
      measured("sync.msleep(" + ms + ")", "what the recorded machine took", "elapsed_us");
    }
    different(
        "sync.msleep(500)",
        "semprobe: sync.msleep(500) | elapsed_us=528000 jiffies=132 (msecs_to_jiffies+1=126)",
        "the stack dump of schedule_timeout(-5) took the recorded machine 4 ms, so all that follows"
            + " began a jiffy later there; the wheel's grid is absolute");
    different(
        "sync.ssleep(1)",
        "semprobe: sync.ssleep(1) | 1028000 us",
        "what the recorded machine took; these are the 257 jiffies");
    leftOut(
        "sync.kmalloc(0)",
        "prints a pointer as a number, which no reference of Java's is: SlabTest shows the row");
  }

  private void measured(String key, String reason, String... fields) {
    exempted.put(key, new Exemption(Kind.MEASURED, List.of(fields), "", reason));
  }

  private void different(String key, String text, String reason) {
    exempted.put(key, new Exemption(Kind.DIFFERENT, List.of(), text, reason));
  }

  private void leftOut(String key, String reason) {
    exempted.put(key, new Exemption(Kind.LEFT_OUT, List.of(), "", reason));
  }

  /** Compares a recorded line with Jiffy's of the same key, null if it printed none. */
  void check(Recording.Line linux, String jiffy) {
    Exemption exemption = exempted.get(linux.key());
    if (exemption == null) {
      assertThat(masked(jiffy, List.of())).isEqualTo(masked(linux.text(), List.of()));
      return;
    }
    switch (exemption.kind) {
      case MEASURED ->
          assertThat(masked(jiffy, exemption.fields))
              .isEqualTo(masked(linux.text(), exemption.fields))
              .contains("=TIME");
      case DIFFERENT ->
          assertThat(masked(jiffy, List.of()))
              .as(exemption.reason)
              .isEqualTo(exemption.text)
              .isNotEqualTo(masked(linux.text(), List.of()));
      case LEFT_OUT -> assertThat(jiffy).as(exemption.reason).isNull();
    }
  }

  /**
   * As above, for a line of the host. The conversions of units are the same whenever they are asked
   * for. Of the others the numbers and names are left out: the probe looks after a while what has
   * happened, and on the host it may have happened later.
   */
  void checkOnHost(Recording.Line linux, String jiffy) {
    Exemption exemption = exempted.get(linux.key());
    if (TIMELESS.matcher(linux.key()).matches()) {
      check(linux, jiffy);
    } else if (exemption == null || exemption.kind == Kind.MEASURED) {
      assertThat(form(jiffy)).isEqualTo(form(linux.text()));
    } else if (exemption.kind == Kind.DIFFERENT) {
      assertThat(form(jiffy)).as(exemption.reason).isEqualTo(form(exemption.text));
    } else {
      assertThat(jiffy).as(exemption.reason).isNull();
    }
  }

  private static String form(String text) {
    return text == null
        ? null
        : text.replaceAll("\\bcomm=\\S*", "comm=NAME")
            .replaceAll("(\\b\\d+@\\d+ )+", "N@N ")
            .replaceAll("[-+]?\\b\\d+", "N");
  }

  private static String masked(String text, List<String> fields) {
    if (text == null) {
      return null;
    }
    String masked =
        text.replaceAll("\\bpid=\\d+", "pid=N")
            .replaceAll("\\bPID: \\d+", "PID: N")
            .replaceAll("\\.java:\\d+", ".java:N")
            .replaceAll("\\bkworker/(\\d+|u\\d+):\\d+", "kworker/$1:N");
    if (UNBOUND.matcher(masked).find()) {
      masked = masked.replaceAll("@\\d", "@N");
    }
    for (String field : fields) {
      masked = masked.replaceAll("\\b" + field + "=-?\\d+", field + "=TIME");
    }
    return masked;
  }

  /** The keys that Jiffy's lines should have, in order. */
  List<String> keysExpected(Recording linux) {
    List<String> expected = new ArrayList<>(linux.keys());
    expected.removeIf(key -> exempted.containsKey(key) && exempted.get(key).kind == Kind.LEFT_OUT);
    return expected;
  }

  /** What is listed. */
  Set<String> keys() {
    return exempted.keySet();
  }
}
