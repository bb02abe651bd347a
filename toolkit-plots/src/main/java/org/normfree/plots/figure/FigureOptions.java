package org.normfree.plots.figure;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.normfree.core.InputException;
import org.normfree.plots.archive.Experiment;
import org.normfree.plots.chart.Figure;
import org.normfree.plots.chart.PaperStyle;
import org.normfree.plots.chart.Sheet;

/**
 * What may be chosen when figures are drawn.
 *
 * @param only names of figures or experiments that are drawn; empty for all
 * @param width width in hundredths of an inch; empty for the one that suits each figure
 * @param points size of titles in points
 * @param methods registry names of the methods that are shown, in this order; empty for all, in the
 *     order of the summary
 * @param baseline registry name of the method that the others are compared with; empty for the one
 *     that the study declared
 */
public record FigureOptions(
    List<String> only,
    OptionalInt width,
    double points,
    List<String> methods,
    Optional<String> baseline) {
  /** Everything as the studies ask for it. */
  public static final FigureOptions DEFAULTS =
      new FigureOptions(List.of(), OptionalInt.empty(), Sheet.POINTS, List.of(), Optional.empty());

  private static final double MILLIMETRES_PER_INCH = 25.4;
  private static final double NARROWEST = 50;
  private static final double WIDEST = 500;
  private static final double SMALLEST = 4;
  private static final double LARGEST = 24;

  /** Copies the lists and checks the size of type. */
  public FigureOptions {
    only = List.copyOf(only);
    methods = List.copyOf(methods);
    if (!(points >= SMALLEST && points <= LARGEST)) {
      throw new InputException(
          "type of %s points: expected %s to %s; 8 suits most papers"
              .formatted(points, (int) SMALLEST, (int) LARGEST));
    }
  }

  /**
   * @param text {@code single} (3.3 in, a column of a two-column page), {@code double} (6.9 in, a
   *     page) or a number of millimetres
   * @return that width in hundredths of an inch
   * @throws InputException if it is none of these, or a figure would not fit
   */
  public static int width(String text) {
    return switch (text) {
      case "single" -> PaperStyle.SINGLE_COLUMN;
      case "double" -> PaperStyle.DOUBLE_COLUMN;
      default -> millimetres(text);
    };
  }

  private static int millimetres(String text) {
    double value = Values.isNumber(text) ? Double.parseDouble(text) : Double.NaN;
    if (!(value >= NARROWEST && value <= WIDEST)) {
      throw new InputException(
          "width '%s': expected single, double or a number of millimetres from %s to %s"
              .formatted(text, (int) NARROWEST, (int) WIDEST));
    }
    return (int) Math.round(value / MILLIMETRES_PER_INCH * PaperStyle.UNITS_PER_INCH);
  }

  /**
   * @param natural the width that suits a figure
   * @return what it is set on
   */
  Sheet sheet(int natural) {
    return new Sheet(width.orElse(natural), points);
  }

  /**
   * @return whether a figure of an experiment is to be drawn
   */
  public boolean wants(Experiment experiment, Figure figure) {
    return only.isEmpty()
        || only.contains(figure.name())
        || only.contains(experiment.id())
        || only.contains(experiment.name());
  }

  /** The experiment with the methods and the baseline that were chosen, as far as it has them. */
  Experiment applyTo(Experiment experiment) {
    Experiment chosen = methods.isEmpty() ? experiment : experiment.withMethods(methods);
    return baseline
        .filter(name -> chosen.summary().rows().stream().anyMatch(row -> row.method().equals(name)))
        .filter(
            name ->
                chosen.summary().baseline() == null
                    || !chosen.summary().baseline().method().equals(name))
        .map(chosen::comparedWith)
        .orElse(chosen);
  }
}
