package org.normfree.core.op;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * An array as vectors of length one and their norms, in DOUBLE whatever the array is: what weight
 * norm and L2 normalization share. The array is seen as [before, n, after], a vector for each of
 * the n places of the axis that is kept.
 *
 * @param unit the vectors over their norms, [before, n, after]; 0 for a vector of zeros
 * @param norms [1, n, 1]
 */
record Directions(INDArray unit, INDArray norms) {
  static Directions of(INDArray x, int axis) {
    INDArray wide = along(x, axis);
    long n = wide.size(1);
    // scaled by the largest, so that no square overflows or vanishes
    INDArray largest = orOne(wide.amax(0, 2).reshape(1, n, 1));
    INDArray scaled = wide.div(largest);
    INDArray lengths = Transforms.sqrt(scaled.mul(scaled).sum(true, 0, 2), false);
    return new Directions(scaled.div(orOne(lengths)), lengths.mul(largest));
  }

  /** An array as [before, n, after] in DOUBLE, n being the size of the axis. */
  static INDArray along(INDArray x, int axis) {
    long n = x.size(axis);
    long after = 1;
    for (int i = axis + 1; i < x.rank(); i++) {
      after *= x.size(i);
    }
    return x.castTo(DataType.DOUBLE).reshape('c', x.length() / (n * after), n, after);
  }

  /** A value a vector, [n], as [1, n, 1] in DOUBLE. */
  static INDArray each(INDArray values) {
    return values.castTo(DataType.DOUBLE).reshape('c', 1, values.length(), 1);
  }

  /** The values, with 1 in the place of 0. */
  private static INDArray orOne(INDArray values) {
    return values.add(values.eq(0).castTo(DataType.DOUBLE));
  }

  /** 1/norm; 0 for a vector of zeros. */
  INDArray inverses() {
    return orOne(norms).rdiv(1).mul(norms.neq(0).castTo(DataType.DOUBLE));
  }

  /** The part of a gradient along the unit vectors, {@code ⟨G, unit⟩}, [1, n, 1]. */
  INDArray along(INDArray gradient) {
    return gradient.mul(unit).sum(true, 0, 2);
  }

  /** The part of a gradient across the unit vectors, {@code G − unit·⟨G, unit⟩}. */
  INDArray across(INDArray gradient) {
    return gradient.sub(unit.mul(along(gradient)));
  }
}
