package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The arithmetic that batch norm and group norm share, in DOUBLE whatever the inputs are, on
 * [examples, positions, groups, channels of a group]: {@code x̂ = (x − μ)·r} with {@code r =
 * 1/√(variance + ε)}, both over the positions and the channels of a group. Batch norm is the case
 * of one example with a channel a group.
 *
 * @param normalized x̂
 * @param scale r, [examples, 1, groups, 1]
 * @param mean μ, [examples, 1, groups, 1]
 * @param variance biased, [examples, 1, groups, 1]
 */
record GroupedNorm(INDArray normalized, INDArray scale, INDArray mean, INDArray variance) {
  static GroupedNorm of(INDArray x, long examples, long groups, double epsilon) {
    INDArray wide = grouped(x, examples, groups);
    INDArray mean = wide.mean(true, 1, 3);
    INDArray deviation = wide.sub(mean);
    INDArray variance = deviation.mul(deviation).mean(true, 1, 3);
    INDArray scale = scale(variance, epsilon);
    return new GroupedNorm(deviation.mul(scale), scale, mean, variance);
  }

  /** With the mean and variance given, a value a channel. */
  static GroupedNorm given(INDArray x, INDArray mean, INDArray variance, double epsilon) {
    long channels = mean.length();
    INDArray centre = vector(mean, channels);
    INDArray spread = vector(variance, channels);
    INDArray scale = scale(spread, epsilon);
    INDArray deviation = grouped(x, 1, channels).sub(centre);
    return new GroupedNorm(deviation.mul(scale), scale, centre, spread);
  }

  /** 1/√(variance + ε). */
  private static INDArray scale(INDArray variance, double epsilon) {
    return Transforms.sqrt(variance.add(epsilon), false).rdivi(1);
  }

  /** x [..., C] as [examples, positions, groups, C/groups] in DOUBLE. */
  static INDArray grouped(INDArray x, long examples, long groups) {
    long channels = x.size(x.rank() - 1);
    long positions = x.length() / (examples * channels);
    return x.castTo(DataType.DOUBLE).reshape('c', examples, positions, groups, channels / groups);
  }

  /** A value a channel as [1, 1, groups, C/groups] in DOUBLE. */
  private static INDArray vector(INDArray values, long groups) {
    return values.castTo(DataType.DOUBLE).reshape('c', 1, 1, groups, values.length() / groups);
  }

  private long groups() {
    return normalized.size(2);
  }

  /** Writes {@code gain·x̂ + bias}; either may be null. */
  void affine(INDArray gain, INDArray bias, INDArray y) {
    INDArray result = normalized;
    if (gain != null) {
      result = result.mul(vector(gain, groups()));
    }
    if (bias != null) {
      result = result.add(vector(bias, groups()));
    }
    y.assign(result.reshape('c', y.shape()));
  }

  /** G as it is grouped here, times the gain, which may be null. */
  INDArray weighted(INDArray upstream, INDArray gain) {
    INDArray g = grouped(upstream, normalized.size(0), groups());
    return gain == null ? g : g.mul(vector(gain, groups()));
  }

  /** {@code dx = r·(g − mean(g) − x̂·mean(g·x̂))}, g being the weighted upstream gradient. */
  INDArray inputGradient(INDArray g) {
    INDArray projection = normalized.mul(g.mul(normalized).mean(true, 1, 3));
    return g.sub(g.mean(true, 1, 3)).sub(projection).mul(scale);
  }

  /** Writes {@code dgain = Σ G·x̂} and {@code dbias = Σ G}, as far as they are wanted, in order. */
  void affineGradients(INDArray upstream, boolean gain, boolean bias, List<INDArray> outputs) {
    INDArray g = grouped(upstream, normalized.size(0), groups());
    int next = 0;
    if (gain) {
      outputs.get(next).assign(sum(g.mul(normalized)));
      next++;
    }
    if (bias) {
      outputs.get(next).assign(sum(g));
    }
  }

  /** The sum of each channel, [C]. */
  static INDArray sum(INDArray grouped) {
    return grouped.sum(0, 1).reshape(grouped.size(2) * grouped.size(3));
  }
}
