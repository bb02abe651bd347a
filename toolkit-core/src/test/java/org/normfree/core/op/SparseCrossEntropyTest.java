package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.inputs;
import static org.normfree.core.op.OpContract.random;

import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SparseCrossEntropyTest {
  /** Targets that run through the classes, -1 at every third position if {@code padded}. */
  private static INDArray targets(boolean padded, int classes, long... shape) {
    int length = 1;
    for (long size : shape) {
      length *= (int) size;
    }
    int[] targets = new int[length];
    for (int i = 0; i < length; i++) {
      targets[i] = padded && i % 3 == 1 ? -1 : (i * 7 + 1) % classes;
    }
    return Nd4j.createFromArray(targets).reshape(shape);
  }

  /** The distribution that the targets and the smoothing stand for; rows of zeros for padding. */
  private static INDArray distribution(INDArray targets, int classes, double smoothing) {
    INDArray rows = Nd4j.zeros(DataType.DOUBLE, targets.length(), classes);
    for (int row = 0; row < targets.length(); row++) {
      int target = targets.getInt(row);
      if (target >= 0) {
        rows.getRow(row).assign(smoothing / classes);
        rows.putScalar(row, target, smoothing / classes + 1 - smoothing);
      }
    }
    return rows;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 2, 0, false",
    "5, 3, 0, false",
    "7, 13, 0.1, true",
    "2, 101, 0.3, false",
    "4, 2, 0.5, true"
  })
  void holdsTheContract(long rows, int classes, double smoothing, boolean padded)
      throws IOException {
    INDArray targets = targets(padded, classes, 2, rows);
    INDArray distribution = distribution(targets.reshape(2 * rows), classes, smoothing);
    Integer ignored = padded ? -1 : null;
    new OpContract(
            inputs("logits", random(1, 4, 2, rows, classes)),
            (sd, in) ->
                Ops.of(sd)
                    .sparseCrossEntropy(
                        null, in.get("logits"), sd.constant(targets), smoothing, ignored),
            (sd, in) ->
                sd.constant(distribution)
                    .mul(sd.nn.logSoftmax(in.get("logits").reshape(2 * rows, classes)))
                    .sum(1)
                    .mul(-1)
                    .reshape(2, rows),
            in -> new SparseCrossEntropy(in.get(0), targets, smoothing, ignored),
            "normfree_sparse_cross_entropy_gradient")
        .holds();
  }

  @Test
  void aPaddedRowMayHoldAnything() {
    SameDiff sd = SameDiff.create();
    INDArray values = Nd4j.createFromArray(new float[][] {{1, 2}, {Float.NaN, 1e30f}});
    SDVariable logits = sd.var("logits", values);
    SDVariable targets = sd.constant(Nd4j.createFromArray(1, 7));
    Ops.of(sd).sparseCrossEntropy("losses", logits, targets, 0.1, 7).sum("loss");
    sd.setLossVariables("loss");
    assertThat(sd.outputSingle(Map.of(), "losses").getFloat(1)).isZero();
    INDArray gradient = sd.calculateGradients(Map.of(), "logits").get("logits");
    assertThat(gradient.getRow(1).amaxNumber().floatValue()).isZero();
  }

  @Test
  void aTargetThatIsNoClassIsNamed() {
    INDArray logits = random(1, 1, 3, 4);
    assertThatThrownBy(
            () -> Nd4j.exec(new SparseCrossEntropy(logits, Nd4j.createFromArray(0, 3, 4), 0, null)))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("target 4 at row 2, expected 0 to 3; check the vocabulary");
    assertThatThrownBy(
            () -> Nd4j.exec(new SparseCrossEntropy(logits, Nd4j.createFromArray(0, -2, 1), 0, -1)))
        .rootCause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("target -2 at row 1, expected 0 to 3 or -1 (ignored)");
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable logits = sd.placeHolder("logits", DataType.FLOAT, -1, 7, 5);
    SDVariable targets = sd.placeHolder("targets", DataType.INT32, -1, 7);
    SDVariable flat = sd.placeHolder("flat", DataType.INT32, -1);
    SDVariable real = sd.placeHolder("real", DataType.FLOAT, -1, 7);
    Ops ops = Ops.of(sd);
    assertThatThrownBy(() -> ops.sparseCrossEntropy("y", logits, flat, 0, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("targets has shape [-1], expected equal shapes");
    assertThatThrownBy(() -> ops.sparseCrossEntropy("y", logits, real, 0, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "[FLOAT, FLOAT], expected all FLOAT or all DOUBLE, but INT for indices");
    assertThatThrownBy(() -> ops.sparseCrossEntropy("y", logits, targets, 1, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("smoothing is 1.0, expected a number in [0, 1)");
  }
}
