package org.normfree.core.op;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** The weights of one head's keys, [tokens, keys], in ND4J's arithmetic. */
final class AttentionWeights {
  /** Subtracted from the scores of keys that are not seen; any real score is nearer to 0. */
  private static final double OUT_OF_SIGHT = 1e30;

  private AttentionWeights() {}

  /** softmax(Q·Kᵀ/√d) over the keys that each query sees, before the noise; a new array. */
  static INDArray of(
      AttentionTerms terms, List<INDArray> inputs, long batch, long head, long width) {
    INDArray scores =
        Nd4j.matmul(
                Attention.slice(inputs.get(0), batch, head, width),
                Attention.slice(inputs.get(1), batch, head, width),
                false,
                true,
                false)
            .divi(Math.sqrt((double) width));
    if (!terms.causal() && !terms.masked()) {
      INDArray powers = powers(scores);
      return powers.diviColumnVector(powers.sum(true, 1));
    }
    INDArray seen = seen(terms, inputs, batch, scores);
    INDArray powers = powers(scores.addi(seen.sub(1).muli(OUT_OF_SIGHT))).muli(seen);
    INDArray sums = powers.sum(true, 1);
    // a query that sees nothing has the weights 0/1, not 0/0
    return powers.diviColumnVector(sums.addi(sums.eq(0).castTo(sums.dataType())));
  }

  private static INDArray powers(INDArray scores) {
    return Transforms.exp(scores.subiColumnVector(scores.max(true, 1)), false);
  }

  /** 1 where a query sees a key, else 0. */
  private static INDArray seen(
      AttentionTerms terms, List<INDArray> inputs, long batch, INDArray scores) {
    INDArray seen = scores.ulike().assign(1);
    if (terms.masked()) {
      INDArray mask = inputs.get(terms.mask()).getRow(batch).neq(0).castTo(seen.dataType());
      seen.muliRowVector(mask);
    }
    if (terms.causal()) {
      long keys = seen.columns();
      long behind = keys - seen.rows();
      for (long query = 0; query < seen.rows(); query++) {
        long end = Math.max(0, query + behind + 1);
        if (end < keys) {
          seen.get(NDArrayIndex.point(query), NDArrayIndex.interval(end, keys)).assign(0);
        }
      }
    }
    return seen;
  }

  /** The noise of one head, [tokens, keys]. */
  static INDArray noise(AttentionTerms terms, List<INDArray> inputs, long batch, long head) {
    return inputs
        .get(terms.noise())
        .get(
            NDArrayIndex.point(batch),
            NDArrayIndex.point(head),
            NDArrayIndex.all(),
            NDArrayIndex.all());
  }
}
