package jiffy.benchmarks.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of a suite: sections of rows (who) and columns (what), a list of samples in each cell,
 * and at the end what is owed, met or not.
 *
 * <p>Not thread safe.
 */
public final class Report {
  private final Map<String, Map<String, Map<String, List<Double>>>> sections =
      new LinkedHashMap<>();
  private final List<Goal> goals = new ArrayList<>();
  private final Set<String> notes = new LinkedHashSet<>();

  /** Makes room for a row: rows are in the order in which they are first heard of. */
  public void row(String section, String row) {
    cells(section, row);
  }

  private Map<String, List<Double>> cells(String section, String row) {
    return sections
        .computeIfAbsent(section, s -> new LinkedHashMap<>())
        .computeIfAbsent(row, r -> new LinkedHashMap<>());
  }

  /** One more sample of a cell. */
  public void add(String section, String row, String column, double value) {
    cells(section, row).computeIfAbsent(column, c -> new ArrayList<>()).add(value);
  }

  /** All figures of a fork, as a row. */
  public void add(String section, String row, Map<String, Double> figures) {
    figures.forEach((column, value) -> add(section, row, column, value));
  }

  /** What is owed; judged when printed. */
  public void goal(Goal goal) {
    goals.add(goal);
  }

  /** A remark below the table; the same one counts once. */
  public void note(String note) {
    notes.add(note);
  }

  /** The whole table. */
  public void print(PrintStream out, String title, Surroundings around) {
    out.println();
    out.println(title);
    around.lines().forEach(line -> out.println("  " + line));
    out.println("  cells: median [min-max] of the rounds, each in fresh JVMs");
    sections.forEach(
        (name, rows) -> {
          out.println();
          out.println(name);
          out.print(section(rows));
        });
    if (!goals.isEmpty()) {
      out.println();
      out.println("owed");
      out.print(owed());
    }
    notes.forEach(note -> out.println("note: " + note));
  }

  private static String section(Map<String, Map<String, List<Double>>> rows) {
    Set<String> columns = new LinkedHashSet<>();
    rows.values().forEach(row -> columns.addAll(row.keySet()));
    Grid grid = new Grid();
    List<String> head = new ArrayList<>(List.of(""));
    head.addAll(columns);
    grid.row(head);
    rows.forEach(
        (who, cells) -> {
          List<String> line = new ArrayList<>(List.of(who));
          for (String column : columns) {
            List<Double> samples = cells.get(column);
            line.add(samples == null ? "-" : Spread.of(samples).toString());
          }
          grid.row(line);
        });
    return grid.format();
  }

  private String owed() {
    Grid grid = new Grid();
    grid.row(List.of("", "ours", "peer", "is", "owed", ""));
    for (Goal goal : goals) {
      Spread mine = cell(goal.section(), goal.ours(), goal.column());
      Spread theirs = goal.peer() == null ? null : cell(goal.section(), goal.peer(), goal.column());
      if (mine == null || goal.peer() != null && theirs == null) {
        grid.row(List.of(goal.what(), "-", "-", "-", goal.owed(), "not measured"));
        continue;
      }
      double value = goal.value(mine, theirs);
      grid.row(
          List.of(
              goal.what(),
              Spread.number(mine.median()),
              theirs == null ? "" : Spread.number(theirs.median()),
              goal.format(value),
              goal.owed(),
              goal.isMet(value) ? "met" : "NOT MET"));
    }
    return grid.format();
  }

  private Spread cell(String section, String row, String column) {
    List<Double> samples =
        sections.getOrDefault(section, Map.of()).getOrDefault(row, Map.of()).get(column);
    return samples == null ? null : Spread.of(samples);
  }
}
