package org.normfree.plots.figure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Summary;
import org.normfree.plots.archive.Group;
import org.normfree.plots.chart.Numerals;

/** What figures, tables and the report call methods and settings: as the summary says. */
public final class Names {
  private Names() {}

  /**
   * @param method a method's registry name
   * @return the name it has in papers; an unknown one as it stands
   */
  public static String method(String method) {
    return MethodStyle.of(method).words();
  }

  /**
   * @param summary says what its axes are called
   * @param axis an axis' name
   * @param value one of its values
   * @return both in words
   */
  public static String setting(Summary summary, String axis, String value) {
    Axis described = summary.axis(axis);
    return described.values().containsKey(value)
        ? described.words(value)
        : described.words(Numerals.words(value));
  }

  /**
   * @param summary says what its axes are called
   * @param axis an axis' name
   * @param value one of its values
   * @return the value as it stands at a mark of that axis, without the axis' title
   */
  public static String value(Summary summary, String axis, String value) {
    return summary.axis(axis).values().getOrDefault(value, Numerals.words(value));
  }

  /**
   * @param text a few words
   * @return the same with a capital first letter, to begin a title; a symbol as α stays as it is
   */
  public static String capital(String text) {
    return text.isEmpty() || text.charAt(0) > 'z'
        ? text
        : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /**
   * Labels as short as they can be: a method where methods suffice to tell the groups apart, else
   * the settings that differ, else both.
   *
   * @param summary says what its axes are called
   * @param groups groups of runs, each once
   * @return a label a group, in the same order
   */
  public static Map<Group, String> labels(Summary summary, List<Group> groups) {
    List<String> varying =
        varying(summary, groups).stream().filter(axis -> tellsApart(groups, axis)).toList();
    long methods = groups.stream().map(Group::method).distinct().count();
    Map<Group, String> labels = new LinkedHashMap<>();
    for (Group group : groups) {
      String method = method(group.method());
      String settings = settings(summary, group, varying);
      labels.put(
          group,
          methods == groups.size() || settings.isEmpty()
              ? method
              : methods == 1 ? capital(settings) : method + ", " + settings);
    }
    return labels;
  }

  /** Whether groups of one method differ along an axis; else the method says as much. */
  private static boolean tellsApart(List<Group> groups, String axis) {
    return groups.stream()
        .collect(
            Collectors.groupingBy(
                Group::method,
                Collectors.mapping(
                    group -> group.setting().getOrDefault(axis, ""), Collectors.toSet())))
        .values()
        .stream()
        .anyMatch(values -> values.size() > 1);
  }

  /**
   * @param summary says what its axes are for
   * @param groups groups of runs
   * @return the axes along which they differ, but for what a search chose for each; in the
   *     summary's order, those it does not describe last
   */
  static List<String> varying(Summary summary, List<Group> groups) {
    TreeSet<String> keys = new TreeSet<>();
    groups.forEach(group -> keys.addAll(group.setting().keySet()));
    List<String> ordered = new ArrayList<>(summary.axes().stream().map(Axis::name).toList());
    ordered.retainAll(keys);
    keys.stream().filter(key -> !ordered.contains(key)).forEach(ordered::add);
    return ordered.stream()
        .filter(key -> summary.axis(key).role() != Axis.Role.CHOSEN)
        .filter(
            key -> groups.stream().map(group -> group.setting().get(key)).distinct().count() > 1)
        .toList();
  }

  static String settings(Summary summary, Group group, List<String> axes) {
    return axes.stream()
        .map(
            axis ->
                group.setting().get(axis) == null
                    ? null
                    : setting(summary, axis, group.setting().get(axis)))
        .filter(Objects::nonNull)
        .collect(Collectors.joining(", "));
  }
}
