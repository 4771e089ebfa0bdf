package jiffy.benchmarks.report;

import java.util.List;
import java.util.Locale;

/** The samples of one cell: {@code median [min-max]}. */
public record Spread(double median, double min, double max, int count) {
  /** Of at least one sample; the upper of two medians. */
  public static Spread of(List<Double> samples) {
    List<Double> sorted = samples.stream().sorted().toList();
    int last = sorted.size() - 1;
    return new Spread(sorted.get(sorted.size() / 2), sorted.get(0), sorted.get(last), last + 1);
  }

  /** One number with as many digits as it deserves. */
  public static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : size >= 1 ? "%.2f" : "%.3f";
    return size == 0 ? "0" : String.format(Locale.ROOT, format, value);
  }

  @Override
  public String toString() {
    return count == 1 || min == max
        ? number(median)
        : number(median) + " [" + number(min) + "-" + number(max) + "]";
  }
}
