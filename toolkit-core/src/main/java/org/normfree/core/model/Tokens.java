package org.normfree.core.model;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.normfree.core.nn.Initializer;
import org.normfree.core.nn.Network;
import org.normfree.core.nn.Objective;
import org.normfree.core.nn.Scope;

/** The ends of a text model: ids and positions go in, a loss over tokens comes out. */
public final class Tokens {
  private static final double LONGEST_WAVE = 10_000;

  private Tokens() {}

  /** A placeholder of token ids, [batch, length]. */
  public static SDVariable ids(Scope root, String name) {
    return root.graph().placeHolder(name, DataType.INT32, -1, -1);
  }

  /** A placeholder of positions, [length]. */
  public static SDVariable positions(Scope root, String name) {
    return root.graph().placeHolder(name, DataType.INT32, -1);
  }

  /** A placeholder of 1 for tokens and 0 for padding, [batch, length]. */
  public static SDVariable mask(Scope root) {
    return root.graph().placeHolder(Network.INPUT_MASK, root.type(), -1, -1);
  }

  /** Rows of a table for positions, [1, length, width], to be added to embedded tokens. */
  public static SDVariable rows(Scope scope, SDVariable table, SDVariable positions) {
    long width = table.getShape()[1];
    return scope.ops().embedding(scope.name("rows"), table, positions).reshape(1, -1, width);
  }

  /**
   * The fixed table of sines and cosines: {@code sin(p/10000^(2i/width))} in column 2i, the cosine
   * in column 2i+1. Source: arXiv 1706.03762, section 3.5.
   */
  public static Initializer waves() {
    return (shape, rng) -> {
      int length = Math.toIntExact(shape[0]);
      int width = Math.toIntExact(shape[1]);
      double[] table = new double[length * width];
      for (int p = 0; p < length; p++) {
        for (int c = 0; c < width; c++) {
          double angle = p / StrictMath.pow(LONGEST_WAVE, (c - c % 2) / (double) width);
          table[p * width + c] = c % 2 == 0 ? StrictMath.sin(angle) : StrictMath.cos(angle);
        }
      }
      return table;
    };
  }

  /**
   * Marks the loss: the mean cross-entropy over the targets that count, with label smoothing, and
   * beside it without.
   *
   * @param logits [batch, length, vocabulary]
   */
  public static void loss(Scope root, SDVariable logits, double smoothing) {
    SDVariable targets = ids(root, Network.TARGETS);
    SDVariable counted = targets.gte(0).castTo(root.type()).sum();
    mean(root, Network.LOSS, logits, targets, smoothing, counted);
    if (smoothing > 0) {
      mean(root, Network.CROSS_ENTROPY, logits, targets, 0, counted);
    }
    root.objective(Objective.classification(smoothing > 0 ? Network.CROSS_ENTROPY : Network.LOSS));
  }

  private static void mean(
      Scope root,
      String name,
      SDVariable logits,
      SDVariable targets,
      double smoothing,
      SDVariable counted) {
    root.ops()
        .sparseCrossEntropy(name + "_by_token", logits, targets, smoothing, Network.IGNORED)
        .sum()
        .div(name, counted);
  }
}
