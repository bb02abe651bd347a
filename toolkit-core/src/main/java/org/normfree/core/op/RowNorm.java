package org.normfree.core.op;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The arithmetic that layer norm, DeepNorm and RMS norm share, on [rows, C]: {@code x̂ = (x − μ)·r}
 * with μ the row's mean (0 for RMS norm) and {@code r = 1/√(mean((x − μ)²) + ε)}.
 *
 * @param normalized x̂, [rows, C]
 * @param scale r, [rows]
 * @param centred whether the mean was taken off
 */
record RowNorm(INDArray normalized, INDArray scale, boolean centred) {
  static RowNorm of(INDArray x, double epsilon, boolean centred) {
    INDArray deviation = centred ? x.subColumnVector(x.mean(true, 1)) : x;
    INDArray scale = scale(deviation, epsilon);
    return new RowNorm(deviation.mulColumnVector(scale), scale, centred);
  }

  /** {@code r}, also of rows whose squares overflow. */
  private static INDArray scale(INDArray deviation, double epsilon) {
    INDArray squares = deviation.mul(deviation).mean(true, 1);
    if (!Double.isInfinite(squares.maxNumber().doubleValue())) {
      return Transforms.sqrt(squares.addi(epsilon), false).rdivi(1);
    }
    INDArray largest = Transforms.max(deviation.amax(1).reshape(squares.length(), 1), 1, true);
    INDArray small = deviation.divColumnVector(largest);
    INDArray floor = largest.rdiv(Math.sqrt(epsilon));
    INDArray mean = small.mul(small).mean(true, 1).addi(floor.mul(floor));
    return Transforms.sqrt(mean, false).muli(largest).rdivi(1);
  }

  /** {@code gain·x̂ + bias}; either may be null. */
  void affine(INDArray gain, INDArray bias, INDArray y) {
    y.assign(normalized);
    if (gain != null) {
      y.muliRowVector(gain);
    }
    if (bias != null) {
      y.addiRowVector(bias);
    }
  }

  /**
   * {@code dx = r·(g − mean(g) − x̂·mean(g·x̂))} with {@code g = G·gain}; the plain mean only where
   * the forward pass took it off.
   */
  INDArray inputGradient(INDArray upstream, INDArray gain) {
    INDArray g = gain == null ? upstream : upstream.mulRowVector(gain);
    INDArray projection = normalized.mulColumnVector(g.mul(normalized).mean(true, 1));
    INDArray dx = g.sub(projection);
    if (centred) {
      dx.subiColumnVector(g.mean(true, 1));
    }
    return dx.muliColumnVector(scale);
  }

  /** {@code dgain = Σ_rows G·x̂}. */
  INDArray gainGradient(INDArray upstream) {
    return upstream.mul(normalized).sum(0);
  }
}
