package org.normfree.plots.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.Difference;
import org.normfree.core.record.SummaryRow;
import org.normfree.core.record.Trained;

/** Every number of a summary in full, as RFC 4180 CSV, for whoever wants to compute with them. */
public final class SummaryCsv {
  private static final List<String> COLUMNS =
      List.of(
          "metric",
          "mean",
          "ci95_low",
          "ci95_high",
          "n",
          "diverged",
          "seeds",
          "values",
          "trained",
          "trained_of",
          "trained_low",
          "trained_high",
          "trained_mean",
          "difference",
          "difference_low",
          "difference_high",
          "difference_n",
          "p",
          "p_holm",
          "p_permutation",
          "items_low",
          "items_high",
          "published",
          "source",
          "edge");

  private SummaryCsv() {}

  /**
   * A row of the summary a line. What a row does not have is empty; seeds and their values are
   * separated by spaces, in the same order, with {@code NA} for a seed without a value.
   *
   * @param rows a summary's rows
   * @return the lines below a heading
   */
  public static String of(List<SummaryRow> rows) {
    TreeSet<String> keys = new TreeSet<>();
    rows.forEach(row -> keys.addAll(row.setting().keySet()));
    List<String> heading = new ArrayList<>(List.of("method"));
    Set<String> taken = new HashSet<>(COLUMNS);
    taken.add("method");
    keys.forEach(key -> heading.add(taken.contains(key) ? "setting." + key : key));
    heading.addAll(COLUMNS);
    StringBuilder out = new StringBuilder(line(heading));
    for (SummaryRow row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.method()));
      keys.forEach(key -> cells.add(row.setting().getOrDefault(key, "")));
      cells.addAll(numbers(row));
      out.append(line(cells));
    }
    return out.toString();
  }

  private static List<String> numbers(SummaryRow row) {
    Optional<Trained> trained = Optional.ofNullable(row.trained());
    Optional<Difference> difference = Optional.ofNullable(row.difference());
    return Arrays.asList(
        row.metric(),
        text(row.mean()),
        end(row.ci95(), 0),
        end(row.ci95(), 1),
        text(row.n()),
        text(row.diverged()),
        row.seeds().stream().map(String::valueOf).collect(Collectors.joining(" ")),
        row.values().stream()
            .map(value -> value == null ? "NA" : value.toString())
            .collect(Collectors.joining(" ")),
        text(trained.map(Trained::trained).orElse(null)),
        text(trained.map(Trained::of).orElse(null)),
        end(trained.map(Trained::share).orElse(null), 0),
        end(trained.map(Trained::share).orElse(null), 1),
        text(trained.map(Trained::mean).orElse(null)),
        text(difference.map(Difference::estimate).orElse(null)),
        end(difference.map(Difference::interval).orElse(null), 0),
        end(difference.map(Difference::interval).orElse(null), 1),
        text(difference.map(Difference::n).orElse(null)),
        text(difference.map(Difference::p).orElse(null)),
        text(difference.map(Difference::pHolm).orElse(null)),
        text(difference.map(Difference::pPermutation).orElse(null)),
        end(difference.map(Difference::items).orElse(null), 0),
        end(difference.map(Difference::items).orElse(null), 1),
        text(row.published()),
        text(row.source()),
        row.edge() ? "true" : "");
  }

  private static String text(Object value) {
    return value == null ? "" : value.toString();
  }

  private static String end(List<Double> interval, int which) {
    return Rounding.known(interval) ? interval.get(which).toString() : "";
  }

  private static String line(List<String> cells) {
    return cells.stream()
        .map(
            cell ->
                cell.matches("(?s).*[\",\r\n].*") ? '"' + cell.replace("\"", "\"\"") + '"' : cell)
        .collect(Collectors.joining(",", "", "\n"));
  }
}
