package jiffy.testkit.explore;

import java.lang.StackWalker.StackFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import jiffy.runtime.arch.Choice;

/**
 * A run as people read it: who did what, and where, line after line, with a mark wherever somebody
 * else goes on.
 */
public final class Interleaving {
  private static final StackWalker STACK = StackWalker.getInstance();

  private static final Set<String> OURS = Set.of("jiffy.testkit", "jiffy.testkit.explore");

  /** So many lines are printed at most: the last ones, for there the test failed. */
  private static final int LINES = 120;

  /** What a thread did at one place. */
  private record Step(long thread, String name, long nanos, String site, String what) {
    Step at(long later) {
      return new Step(thread, name, later, site, what);
    }
  }

  private final List<Step> steps = new ArrayList<>();

  /** What those are about to do who were preempted before it. */
  private final Map<Long, Step> begun = new HashMap<>();

  private final Map<String, Set<Long>> namesakes = new HashMap<>();

  /**
   * Called by the thread that comes to the point: what it is about to do it does when it goes on.
   */
  void add(Choice choice, int option) {
    namesakes.computeIfAbsent(choice.selfName(), name -> new HashSet<>()).add(choice.self());
    if (choice.what() != null) {
      begun.putIfAbsent(choice.self(), stepOf(choice));
    }
    if (choice.isHoldUp(option)) {
      steps.add(
          new Step(-1, "time passes, while those who could run are held up", choice.now(), "", ""));
      return; // and another choice follows
    }
    Step next = begun.remove(choice.thread(option));
    if (next != null) {
      steps.add(next.at(choice.now()));
    }
  }

  private static Step stepOf(Choice choice) {
    List<StackFrame> stack = STACK.walk(frames -> frames.toList());
    String function = choice.what();
    String site = "";
    for (StackFrame frame : stack) {
      String type = frame.getClassName();
      if (type.startsWith("jiffy.linux.")) {
        function = frame.getMethodName(); // the outermost: what the module called
      } else if (!isMachinery(type)) {
        site = frame.getFileName() + ":" + frame.getLineNumber();
        break;
      }
    }
    return new Step(choice.self(), choice.selfName(), choice.now(), site, function);
  }

  private static boolean isMachinery(String type) {
    return type.startsWith("jiffy.runtime.")
        || type.startsWith("jiffy.kernel.")
        || type.startsWith("jiffy.testkit.") && OURS.contains(packageOf(type))
        || type.startsWith("java.")
        || type.startsWith("jdk.");
  }

  private static String packageOf(String type) {
    return type.substring(0, type.lastIndexOf('.'));
  }

  /** The last lines of it. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    long last = Long.MIN_VALUE;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      if (step.thread != last) {
        lines.add(String.format(Locale.ROOT, "  [%12.6f] %s", step.nanos / 1e9, nameOf(step)));
        last = step.thread;
      }
      if (!step.what.isEmpty()) {
        lines.add(String.format(Locale.ROOT, "      %-28s %s", step.site, step.what));
      }
    }
    if (lines.size() <= LINES) {
      return lines;
    }
    List<String> tail = new ArrayList<>();
    tail.add("  ... " + (lines.size() - LINES) + " lines before");
    tail.addAll(lines.subList(lines.size() - LINES, lines.size()));
    return tail;
  }

  private String nameOf(Step step) {
    Set<Long> same = namesakes.getOrDefault(step.name, Set.of());
    return same.size() > 1 ? step.name + " #" + step.thread : step.name;
  }
}
