package jiffy.benchmarks.report;

import java.util.ArrayList;
import java.util.List;

/** Text in columns: the first flush left, the others flush right. */
final class Grid {
  private final List<List<String>> rows = new ArrayList<>();

  void row(List<String> cells) {
    rows.add(cells);
  }

  /** Lines, each indented by two. */
  String format() {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder("  ");
      for (int i = 0; i < row.size(); i++) {
        String pad = " ".repeat(widths[i] - row.get(i).length());
        line.append(i == 0 ? row.get(i) + pad : "  " + pad + row.get(i));
      }
      text.append(line.toString().stripTrailing()).append('\n');
    }
    return text.toString();
  }
}
