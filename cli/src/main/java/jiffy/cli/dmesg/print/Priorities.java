package jiffy.cli.dmesg.print;

import static jiffy.runtime.printk.SyslogNames.FACILITIES;
import static jiffy.runtime.printk.SyslogNames.LEVELS;

import java.util.List;
import jiffy.cli.dmesg.record.DmesgFailure;

/** The lists of levels and facilities that options take. */
public final class Priorities {
  private Priorities() {}

  /** The set of levels in a list such as {@code err,+info}: bit n for level n. */
  public static int levels(String list) throws DmesgFailure {
    int set = 0;
    for (int begin = 0; begin < list.length() || begin == 0; ) {
      int end = itemEnd(list, begin);
      String item = list.substring(begin, end);
      int bits = levelRange(item);
      if (bits == 0) {
        throw DmesgFailure.of("unknown level '" + item + "'");
      }
      set |= bits;
      begin = end + 1;
    }
    return set;
  }

  /** The set of facilities in a list: bit n for facility n. */
  public static int facilities(String list) throws DmesgFailure {
    int set = 0;
    for (int begin = 0; begin < list.length() || begin == 0; ) {
      int end = itemEnd(list, begin);
      String item = list.substring(begin, end);
      int facility = index(FACILITIES, item);
      if (facility < 0) {
        throw DmesgFailure.of("unknown facility '" + item + "'");
      }
      set |= 1 << facility;
      begin = end + 1;
    }
    return set;
  }

  /** The console level that {@code -n} names: 1..8, or a name, which is then the last shown. */
  public static int consoleLevel(String name) throws DmesgFailure {
    int level = index(LEVELS, name);
    boolean numeric = !name.isEmpty() && Character.isDigit(name.charAt(0));
    if (numeric && level > 0 || "8".equals(name)) {
      return level > 0 ? level : 8;
    }
    if (numeric || level < 0) {
      throw DmesgFailure.of("unknown level '" + name + "'");
    }
    return level + 1;
  }

  /** The end of the item that starts at {@code begin}; a comma that ends the list belongs to it. */
  private static int itemEnd(String list, int begin) {
    int comma = list.indexOf(',', begin);
    return comma < 0 || comma == list.length() - 1 ? list.length() : comma;
  }

  /** The bits of {@code err}, {@code err+} (and more severe) or {@code +err}; 0 if unknown. */
  private static int levelRange(String item) {
    if (item.length() > 1 && item.endsWith("+")) {
      int level = index(LEVELS, item.substring(0, item.length() - 1));
      return level < 0 ? 0 : (2 << level) - 1;
    }
    if (item.length() > 1 && item.startsWith("+")) {
      int level = index(LEVELS, item.substring(1));
      return level < 0 ? 0 : 0xff & -(1 << level);
    }
    int level = index(LEVELS, item);
    return level < 0 ? 0 : 1 << level;
  }

  /** The index of a name in any case, or of a number in range; -1 if it is neither. */
  private static int index(List<String> names, String item) {
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equalsIgnoreCase(item)) {
        return i;
      }
    }
    if (item.matches("0*[0-9]{1,2}")) {
      int number = Integer.parseInt(item.substring(Math.max(0, item.length() - 2)));
      return number < names.size() ? number : -1;
    }
    return -1;
  }
}
