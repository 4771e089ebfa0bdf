package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Replays the dmesg commands of sessions on a real Linux 6.1 with util-linux 2.38.1. */
class RecordedSessionTest {
  /** One step of a session. */
  private record Step(String command, Run run) {}

  /** Where we follow newer versions or do better: command and recorded text, ours, reason. */
  private static final Map<String, String> NEWER = new LinkedHashMap<>();

  static {
    // 2.38.1 prints facility OR level; newer ones print the priority.
    NEWER.put("<7>[   14.519429] one write", "<14>[   14.519429] one write");
    NEWER.put("\n                  two lines", "\n                   two lines");
  }

  private static final String EMPTY_JSON = "{\n   \"dmesg\": []\n}\n";

  @Test
  void kt_session_givesRecordedOutput() {
    List<Step> steps = session("01_kt_fast.txt");
    FakeKernelLog log = new FakeKernelLog();
    Map<String, List<String>> tails = kmsgTails(steps);
    int replayed = 0;
    boolean beforeLoad = true;
    for (Step step : steps) {
      String command = step.command();
      if (command.startsWith("insmod kt_fast")) {
        beforeLoad = false;
        tails.get("kt").subList(3, 14).forEach(log::log);
      } else if (command.startsWith("echo \"user says hi\"")) {
        tails.get("user").subList(1, 5).forEach(log::log);
      } else if (command.startsWith("printf \"%s\\n\" \"<6>one write\"")) {
        log.log("14,383,14519429,-;one write\\x0atwo lines");
      } else if (command.equals("dmesg -C") && beforeLoad) {
        tails.get("kt").subList(0, 3).forEach(log::log);
      }
      if (command.contains("dmesg") || command.equals("cat /proc/sys/kernel/printk")) {
        assertThat(replay(log, command)).as(command).isEqualTo(expected(step));
        replayed++;
      }
    }
    assertThat(replayed).isEqualTo(44);
  }

  @Test
  void printk_probe_givesRecordedOutput() {
    FakeKernelLog log = new FakeKernelLog();
    recorded("semprobe_printk_kmsg.txt").lines().forEach(log::log);
    Map<String, String> files =
        Map.of(
            "", "semprobe_printk.dmesg",
            "-x", "semprobe_printk_x.dmesg",
            "-r", "semprobe_printk_r.dmesg",
            "--json", "semprobe_printk_json.dmesg",
            "--noescape", "semprobe_printk_noescape.dmesg",
            "-l warn", "semprobe_printk_lwarn.dmesg");
    files.forEach(
        (args, file) ->
            assertThat(Run.of(log, Run.words(args)))
                .as("dmesg " + args)
                .isEqualTo(new Run(0, recorded(file), "")));
  }

  /** Runs the parts of a command line that are ours. */
  private static Run replay(FakeKernelLog log, String line) {
    Map<String, String> environment = Map.of("TZ", "UTC", "DMESG_TEST_BOOTIME", "1795264981.0");
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    int status = 0;
    for (String command : line.split("; ")) {
      if (command.equals("cat /proc/sys/kernel/printk")) {
        out.append(log.printkLevels());
      } else if (command.startsWith("dmesg")) {
        String[] args = Run.words(command.substring("dmesg".length()));
        Run run = Run.of(log, Run.RESOURCES, environment, args);
        out.append(run.out());
        err.append(run.err());
        status = run.status();
      }
    }
    return new Run(status, out.toString(), err.toString());
  }

  private static Run expected(Step step) {
    Run run = step.run();
    if (step.command().equals("dmesg --json") && run.out().isEmpty()) {
      return new Run(0, EMPTY_JSON, "");
    }
    if (step.command().equals("dmesg --help")) {
      assertThat(Help.text().lines())
          .containsAll(run.out().lines().filter(line -> !isOfOlder(line)).toList());
      return new Run(0, Help.text(), "");
    }
    String out = run.out();
    if (step.command().contains("one write")) {
      for (Map.Entry<String, String> change : NEWER.entrySet()) {
        out = out.replace(change.getKey(), change.getValue());
      }
    }
    return new Run(run.status(), out, run.err());
  }

  /** There are more formats since; and the times of a running kernel's records are accurate. */
  private static boolean isOfOlder(String helpLine) {
    return helpLine.contains("[delta") || helpLine.contains("inaccurate");
  }

  /** The two recorded tails of /dev/kmsg: of kt and of the writes from user space. */
  private static Map<String, List<String>> kmsgTails(List<Step> steps) {
    List<List<String>> tails =
        steps.stream()
            .filter(step -> step.command().startsWith("timeout 2 cat /dev/kmsg"))
            .map(step -> step.run().out().lines().toList())
            .toList();
    return Map.of("kt", tails.get(0), "user", tails.get(1));
  }

  private static List<Step> session(String file) {
    List<Step> steps = new ArrayList<>();
    String command = null;
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    StringBuilder to = out;
    for (String line : recorded(file).lines().toList()) {
      if (line.startsWith("$ ")) {
        command = line.substring(2);
      } else if (line.equals("[stderr]")) {
        to = err;
      } else if (line.startsWith("[exit ")) {
        int status = Integer.parseInt(line.substring(6, line.length() - 1));
        steps.add(new Step(command, new Run(status, out.toString(), err.toString())));
        out.setLength(0);
        err.setLength(0);
        to = out;
      } else if (!line.startsWith("# ")) {
        to.append(line).append('\n');
      }
    }
    return steps;
  }

  private static String recorded(String file) {
    return Run.content(Run.RESOURCES.resolve("recorded").resolve(file));
  }
}
