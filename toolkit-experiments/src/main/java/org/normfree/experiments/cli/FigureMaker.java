package org.normfree.experiments.cli;

import java.nio.file.Path;

/** Draws tables and figures from recorded runs. */
@FunctionalInterface
public interface FigureMaker {
  /**
   * @param runs the folder that holds experiments' directories
   * @param out where tables, figures and the report go
   * @throws org.normfree.core.InputException if there are no finished runs to draw from
   */
  void create(Path runs, Path out);
}
