package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Summary;
import org.normfree.core.record.SummaryRow;

/** Rows of a summary sorted into the panels of a figure: a panel for each value of some axes. */
final class Places {
  private Places() {}

  /**
   * @param rows rows of one metric
   * @param axes the axes that panels are made of
   * @return the rows by the values of these axes, numbers in ascending order, the first axis
   *     varying slowest
   */
  static Map<Map<String, String>, List<SummaryRow>> of(List<SummaryRow> rows, List<String> axes) {
    List<Map<String, String>> places = List.of(Map.of());
    for (String axis : axes) {
      List<String> values =
          Values.ordered(rows.stream().map(row -> row.setting().getOrDefault(axis, "")).toList());
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> place : places) {
        for (String value : values) {
          Map<String, String> with = new LinkedHashMap<>(place);
          with.put(axis, value);
          longer.add(with);
        }
      }
      places = longer;
    }
    Map<Map<String, String>, List<SummaryRow>> sorted = new LinkedHashMap<>();
    for (Map<String, String> place : places) {
      List<SummaryRow> here =
          rows.stream()
              .filter(
                  row ->
                      place.entrySet().stream()
                          .allMatch(
                              e -> row.setting().getOrDefault(e.getKey(), "").equals(e.getValue())))
              .toList();
      if (!here.isEmpty()) {
        sorted.put(place, here);
      }
    }
    return sorted;
  }

  /**
   * @return the axes of conditions along which rows differ: what is compared is compared at the
   *     same values of these
   */
  static List<String> conditions(Summary summary, List<SummaryRow> rows) {
    return summary.axes().stream()
        .filter(axis -> axis.role() == Axis.Role.CONDITION)
        .map(Axis::name)
        .filter(axis -> rows.stream().map(row -> row.setting().get(axis)).distinct().count() > 1)
        .toList();
  }

  /**
   * @return a place in words
   */
  static String words(Summary summary, Map<String, String> place) {
    return place.entrySet().stream()
        .filter(entry -> !entry.getValue().isEmpty())
        .map(entry -> Names.setting(summary, entry.getKey(), entry.getValue()))
        .collect(Collectors.joining(", "));
  }
}
