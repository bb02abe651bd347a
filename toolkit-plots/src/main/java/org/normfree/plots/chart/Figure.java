package org.normfree.plots.chart;

/**
 * A figure of a paper.
 *
 * @param name its file name without an ending
 * @param title what it shows, in a few words
 * @param caption what a reader must know: runs, seeds, what bands and dots are, what was left out
 * @param chart the drawing
 * @param data the numbers it shows
 */
public record Figure(String name, String title, String caption, PanelGrid chart, DataTable data) {

  /**
   * @return its width in inches
   */
  public double widthInches() {
    return chart.width() / (double) PaperStyle.UNITS_PER_INCH;
  }

  /**
   * @return its height in inches
   */
  public double heightInches() {
    return chart.height() / (double) PaperStyle.UNITS_PER_INCH;
  }

  /**
   * @param other another file name
   * @return the same figure under that name
   */
  public Figure named(String other) {
    return new Figure(other, title, caption, chart, data);
  }

  /**
   * @param otherName another file name
   * @param otherTitle another title
   * @return the same figure under these
   */
  public Figure of(String otherName, String otherTitle) {
    return new Figure(otherName, otherTitle, caption, chart, data);
  }

  /**
   * @param text what everybody who sees the figure must know
   * @return the same figure with a strip above it that says so
   */
  public Figure withBanner(String text) {
    return new Figure(name, title, text + ". " + caption, chart.withBanner(text), data);
  }
}
