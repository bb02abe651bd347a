package org.normfree.core.train;

import java.util.Map;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.normfree.core.data.Batch;
import org.normfree.core.nn.Mode;

/**
 * Fills placeholders of the trained network with what is neither in the batch nor random: the
 * outputs of another network ({@link Companion}), a number that is a function of the step ({@link
 * Scheduled}). Sources are asked in order after batch and random inputs; each sees what the others
 * gave. One whose placeholders a graph does not have is not asked.
 */
public interface Source {
  /** What its arrays are called in checkpoints; names of a run's sources differ. */
  String name();

  /** The placeholders it fills. */
  Set<String> placeholders();

  /**
   * Values for one pass.
   *
   * @param pass the batch, and what for
   * @param known values of the trained network's placeholders so far
   * @return a value for each of {@link #placeholders}; valid until the next call
   */
  Map<String, INDArray> values(Pass pass, Map<String, INDArray> known);

  /** After a training step: moves its states on to what the step's pass gave. */
  default void advance() {}

  /**
   * The arrays that belong in checkpoints, by name: not copies, and always the same ones. A run
   * that is restored finds the saved numbers in them.
   */
  default Map<String, INDArray> arrays() {
    return Map.of();
  }

  /**
   * A pass of the trained network.
   *
   * @param batch what it is shown
   * @param mode what for
   * @param step training steps done
   * @param index the step in training, the batch's place in its split in an evaluation
   */
  record Pass(Batch batch, Mode mode, long step, long index) {}
}
