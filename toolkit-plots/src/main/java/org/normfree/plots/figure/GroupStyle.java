package org.normfree.plots.figure;

import java.awt.Color;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.normfree.core.record.Axis;
import org.normfree.core.record.Summary;
import org.normfree.plots.archive.Group;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Pen;

/**
 * How groups of runs are drawn in one figure: each as its method is drawn everywhere; groups of one
 * method in shades of its colour where they differ along an ordered axis, else with dashes and
 * markers of their own.
 */
final class GroupStyle {
  private static final double PALEST = 0.35;

  private GroupStyle() {}

  /**
   * @param summary says what its axes are
   * @param groups groups of runs, each once
   * @return a pen a group, in the same order
   */
  static Map<Group, Pen> pens(Summary summary, List<Group> groups) {
    Map<Group, Pen> pens = new LinkedHashMap<>();
    long methods = groups.stream().map(Group::method).distinct().count();
    for (Group group : groups) {
      List<Group> siblings =
          groups.stream().filter(other -> other.method().equals(group.method())).toList();
      MethodStyle style = MethodStyle.of(group.method());
      int place = siblings.indexOf(group);
      if (siblings.size() == 1) {
        pens.put(group, style.pen());
      } else if (ordered(summary, siblings)) {
        pens.put(group, shaded(summary, siblings, group, style, methods == 1));
      } else if (methods == 1) {
        pens.put(group, PaperStyle.pen(place));
      } else {
        pens.put(group, PaperStyle.pen(color(style, place), style.dash() + place, style.mark()));
      }
    }
    return pens;
  }

  /** Variants of a method beside other methods keep its colour, a little darker. */
  private static Color color(MethodStyle style, int place) {
    Color color = style.color();
    for (int i = 0; i < place; i++) {
      color = color.darker();
    }
    return color;
  }

  private static boolean ordered(Summary summary, List<Group> siblings) {
    List<String> varying = Names.varying(summary, siblings);
    return varying.size() == 1
        && summary.axis(varying.get(0)).kind() != Axis.Kind.NOMINAL
        && siblings.stream().allMatch(g -> Values.isNumber(g.setting().get(varying.get(0))));
  }

  /** Beside other methods dash and marker stay the method's, and no shade is too pale to see. */
  private static Pen shaded(
      Summary summary, List<Group> siblings, Group group, MethodStyle style, boolean alone) {
    String axis = Names.varying(summary, siblings).get(0);
    List<Group> sorted =
        siblings.stream()
            .sorted(Comparator.comparingDouble(g -> Double.parseDouble(g.setting().get(axis))))
            .toList();
    int place = sorted.indexOf(group);
    if (alone) {
      return shade(style.color(), place, sorted.size());
    }
    double part = PALEST + (1 - PALEST) * place / (sorted.size() - 1.0);
    return PaperStyle.pen(PaperStyle.shade(style.color(), part), style.dash(), style.mark());
  }

  /**
   * @param place a place in an order
   * @param of how many there are
   * @return a pen of that shade: what comes first is pale, what comes last is dark
   */
  static Pen shade(Color color, int place, int of) {
    Pen pen = PaperStyle.pen(place);
    double part = of == 1 ? 1 : place / (of - 1.0);
    return PaperStyle.pen(PaperStyle.shade(color, part), 0, pen.mark());
  }
}
