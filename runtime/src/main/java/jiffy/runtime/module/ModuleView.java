package jiffy.runtime.module;

import java.util.List;
import java.util.Locale;

/**
 * A module as it was at one moment.
 *
 * @param name as lsmod shows it
 * @param size of its JAR in bytes, rounded up to whole pages
 * @param refcount references; 1 more while its init runs, -1 while it goes
 * @param holders modules that use it
 * @param state coming, live or going
 * @param isPermanent whether it has an init and no exit
 * @param taints letters such as {@code OE}
 * @param address made up, but its own
 * @param version as it says, may be empty
 */
public record ModuleView(
    String name,
    long size,
    int refcount,
    List<String> holders,
    ModuleState state,
    boolean isPermanent,
    String taints,
    long address,
    String version) {

  /** Its line of {@code /proc/modules}, without the newline. */
  public String procLine() {
    StringBuilder line = new StringBuilder(name).append(' ').append(size).append(' ');
    line.append(refcount).append(' ');
    holders.forEach(holder -> line.append(holder).append(','));
    if (isPermanent) {
      line.append("[permanent],");
    } else if (holders.isEmpty()) {
      line.append('-');
    }
    line.append(' ')
        .append(state.procName())
        .append(String.format(Locale.ROOT, " 0x%016x", address));
    if (!taints.isEmpty()) {
      line.append(" (").append(taints).append(stateMark()).append(')');
    }
    return line.toString();
  }

  /** Its word behind {@code Modules linked in:}, such as {@code kt(OE+)}. */
  public String linkedIn() {
    return taints.isEmpty() ? name : name + "(" + taints + stateMark() + ")";
  }

  private String stateMark() {
    return state == ModuleState.COMING ? "+" : state == ModuleState.GOING ? "-" : "";
  }
}
