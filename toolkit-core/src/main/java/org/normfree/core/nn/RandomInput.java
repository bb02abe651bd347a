package org.normfree.core.nn;

import java.util.List;

/**
 * A placeholder that is filled with random numbers, which are a function of the run's seed, the
 * placeholder's name and the step alone.
 *
 * @param name the placeholder's name
 * @param distribution what is drawn
 * @param inEvaluation what an evaluation gets
 * @param shape the placeholder's shape
 */
public record RandomInput(
    String name, Distribution distribution, InEvaluation inEvaluation, List<Size> shape) {
  /** What a random input is in an evaluation. */
  public enum InEvaluation {
    /** {@link Distribution#neutral}: as if it were not there. */
    NEUTRAL,
    /** Drawn, but the same numbers every time: a function of seed, name and the batch's place. */
    SEEDED
  }

  /** Copies the shape. */
  public RandomInput {
    shape = List.copyOf(shape);
  }
}
