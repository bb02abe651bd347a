package org.normfree.plots.chart;

import java.awt.Font;
import java.util.ArrayList;
import java.util.List;

/** An axis of a panel: what it is called, how values lie along it, and where its marks are. */
final class PlotAxis {
  private static final double BEFORE = -0.2;

  private final AxisRange range = new AxisRange();
  private String title = "";
  private boolean logarithmic;
  private double room;
  private List<String> categories = List.of();
  private List<Tick> ticks = List.of();
  private List<double[]> gaps = List.of();

  AxisRange range() {
    return range;
  }

  String title() {
    return title;
  }

  void title(String text) {
    title = text;
  }

  boolean logarithmic() {
    return logarithmic;
  }

  void makeLogarithmic() {
    logarithmic = true;
  }

  /**
   * @param length what is left free at either end, for what is drawn beside its place
   */
  void room(double length) {
    room = length;
  }

  /**
   * @return how far from the start of an axis so long a value lies
   */
  double place(double value, double length) {
    return room + (length - 2 * room) * part(value);
  }

  /** Names that stand at whole numbers in the place of numbers. */
  List<String> categories() {
    return categories;
  }

  void categories(List<String> names) {
    categories = List.copyOf(names);
  }

  void ticks(List<Tick> own) {
    ticks = List.copyOf(own);
  }

  /** Stretches, from and to, in which the axis has no values and is broken. */
  List<double[]> gaps() {
    return gaps;
  }

  void gaps(List<double[]> breaks) {
    gaps = List.copyOf(breaks);
  }

  /**
   * @return the part of the axis that lies below a value: 0 at its lower end, 1 at its upper one; a
   *     value that has no place on a logarithmic axis lies before its lower end
   */
  double part(double value) {
    if (logarithmic && value <= 0) {
      return BEFORE;
    }
    double[] limits = range.limits(logarithmic);
    return logarithmic
        ? Math.log(value / limits[0]) / Math.log(limits[1] / limits[0])
        : (value - limits[0]) / (limits[1] - limits[0]);
  }

  /** Marks of a vertical axis. */
  List<Tick> upwards(double length, Font font) {
    return marks(Math.max(2, (int) (length / (2.6 * font.getSize2D()))));
  }

  /** Marks of a horizontal axis; labels that would touch their neighbours are left out. */
  List<Tick> across(double length, Font font) {
    double room = 0.9 * font.getSize2D();
    if (!ticks.isEmpty()) {
      return spaced(length, font, room);
    }
    int most = Math.max(2, (int) (length / (2.5 * font.getSize2D())));
    while (most > 2 && touching(marks(most), length, font, room)) {
      most--;
    }
    return marks(most);
  }

  private List<Tick> marks(int most) {
    if (!categories.isEmpty()) {
      return List.of();
    }
    if (!ticks.isEmpty()) {
      return ticks;
    }
    double[] limits = range.limits(logarithmic);
    return logarithmic
        ? Ticks.logarithmic(limits[0], limits[1], most)
        : Ticks.linear(limits[0], limits[1], most);
  }

  private boolean touching(List<Tick> marks, double length, Font font, double room) {
    double end = Double.NEGATIVE_INFINITY;
    for (Tick tick : marks) {
      if (!tick.label().isEmpty()) {
        double half = Text.width(tick.label(), font) / 2;
        double at = place(tick.value(), length);
        if (at - half < end + room) {
          return true;
        }
        end = at + half;
      }
    }
    return false;
  }

  private List<Tick> spaced(double length, Font font, double room) {
    List<Tick> marks = new ArrayList<>();
    double end = Double.NEGATIVE_INFINITY;
    for (Tick tick : ticks) {
      double half = Text.width(tick.label(), font) / 2;
      double at = place(tick.value(), length);
      boolean fits = at - half >= end + room;
      marks.add(fits ? tick : new Tick(tick.value(), ""));
      end = fits ? at + half : end;
    }
    return marks;
  }
}
