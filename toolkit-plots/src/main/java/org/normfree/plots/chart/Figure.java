package org.normfree.plots.chart;

/**
 * A figure of a paper.
 *
 * @param name its file name without an ending
 * @param title what it shows, in a few words
 * @param caption what a reader must know: runs, seeds, what bands and bars are, what was left out
 * @param chart the drawing, in hundredths of an inch
 */
public record Figure(String name, String title, String caption, PanelGrid chart) {

  /**
   * @return its width in inches
   */
  public double widthInches() {
    return chart.getWidth() / (double) PaperStyle.UNITS_PER_INCH;
  }

  /**
   * @return its height in inches
   */
  public double heightInches() {
    return chart.getHeight() / (double) PaperStyle.UNITS_PER_INCH;
  }
}
