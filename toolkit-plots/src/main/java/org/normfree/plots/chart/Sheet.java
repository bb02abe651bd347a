package org.normfree.plots.chart;

import java.awt.Font;

/**
 * What a figure is set on: how wide it is, and how large its type.
 *
 * @param width width in hundredths of an inch
 * @param points size of titles in points; numbers and notes are a little smaller
 */
public record Sheet(int width, double points) {
  /** Size of titles where nothing else is asked for. */
  public static final double POINTS = 8;

  private static final double TICKS = 0.9;
  private static final double NOTES = 0.84;

  /**
   * @param width width in hundredths of an inch
   * @return a sheet with type of the usual size
   */
  public static Sheet of(int width) {
    return new Sheet(width, POINTS);
  }

  Font titles() {
    return Typeface.at(points);
  }

  Font ticks() {
    return Typeface.at(TICKS * points);
  }

  Font notes() {
    return Typeface.at(NOTES * points);
  }

  /**
   * @param length a length that suits type of the usual size
   * @return one that suits this sheet's
   */
  public double scaled(double length) {
    return length * points / POINTS;
  }
}
