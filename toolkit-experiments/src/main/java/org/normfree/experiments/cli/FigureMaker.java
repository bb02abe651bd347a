package org.normfree.experiments.cli;

import java.nio.file.Path;
import org.normfree.plots.figure.FigureOptions;

/** Draws tables and figures from recorded runs. */
@FunctionalInterface
public interface FigureMaker {
  /**
   * @param runs the folder that holds experiments' directories
   * @param out where tables, figures and the report go
   * @param options which figures, and how they are drawn
   * @throws org.normfree.core.InputException if there are no finished runs to draw from, or an
   *     option names what is not there
   */
  void create(Path runs, Path out, FigureOptions options);

  /** Draws everything as the studies ask for it. */
  default void create(Path runs, Path out) {
    create(runs, out, FigureOptions.DEFAULTS);
  }
}
