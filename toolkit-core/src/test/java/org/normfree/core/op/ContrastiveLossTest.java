package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.assertClose;
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

class ContrastiveLossTest {
  /** Negatives that are never the own target, some of them several times. */
  private static INDArray negatives(int batch, int length, int count) {
    int rows = batch * length;
    int[] negatives = new int[rows * count];
    for (int i = 0; i < negatives.length; i++) {
      negatives[i] = (i / count + 1 + (i * i) % (rows - 1)) % rows;
    }
    return Nd4j.createFromArray(negatives).reshape(batch, length, count);
  }

  /** Cosines of all rows with all, of which a row picks its own. */
  private static SDVariable composed(
      SameDiff sd, Map<String, SDVariable> in, INDArray negatives, double temperature) {
    long rows = negatives.size(0) * negatives.size(1);
    long choices = negatives.size(2) + 1;
    SDVariable c = unit(sd, in.get("context"), rows);
    SDVariable q = unit(sd, in.get("targets"), rows);
    INDArray picks = Nd4j.zeros(DataType.DOUBLE, rows, choices, rows);
    INDArray flat = negatives.reshape(rows, choices - 1);
    for (int row = 0; row < rows; row++) {
      picks.putScalar(new int[] {row, 0, row}, 1);
      for (int k = 1; k < choices; k++) {
        picks.putScalar(new int[] {row, k, flat.getInt(row, k - 1)}, 1);
      }
    }
    SDVariable all = sd.mmul(c, q, false, true, false).reshape(rows, 1, rows);
    SDVariable picked = sd.constant(picks).castTo(c.dataType()).mul(all).sum(2);
    return picked.mul(1 / temperature).reshape(negatives.size(0), negatives.size(1), choices);
  }

  /** The first of the negative logarithms of their softmax. */
  private static SDVariable loss(SameDiff sd, SDVariable logits, INDArray negatives) {
    long rows = negatives.size(0) * negatives.size(1);
    long choices = negatives.size(2) + 1;
    INDArray first = Nd4j.zeros(DataType.DOUBLE, choices);
    first.putScalar(0, -1);
    return sd.nn
        .logSoftmax(logits.reshape(rows, choices))
        .mul(sd.constant(first).castTo(logits.dataType()))
        .sum(1)
        .reshape(negatives.size(0), negatives.size(1));
  }

  private static SDVariable unit(SameDiff sd, SDVariable x, long rows) {
    SDVariable flat = x.reshape(rows, -1);
    return flat.mul(sd.math.reciprocal(sd.math.sqrt(flat.mul(flat).sum(true, 1))));
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 1, 3, 0.1", "2, 3, 5, 2, 0.5", "3, 1, 4, 5, 1"})
  void holdsTheContract(int batch, int length, int count, long width, double temperature)
      throws IOException {
    INDArray negatives = negatives(batch, length, count);
    new OpContract(
            inputs(
                "context", random(1, 1, batch, length, width),
                "targets", random(2, 1, batch, length, width)),
            (sd, in) ->
                Ops.of(sd)
                    .contrastiveLoss(
                        null,
                        in.get("context"),
                        in.get("targets"),
                        sd.constant(negatives),
                        null,
                        temperature)[0],
            (sd, in) -> loss(sd, composed(sd, in, negatives, temperature), negatives),
            in -> new ContrastiveLoss(in.get(0), in.get(1), negatives, null, temperature),
            "normfree_contrastive_loss_gradient")
        .holds();
  }

  @Test
  void theLogitsHaveAGradientOfTheirOwn() {
    INDArray negatives = negatives(2, 3, 4);
    INDArray weights = random(3, 1, 2, 3, 5);
    Map<String, INDArray> values =
        inputs("context", random(1, 1, 2, 3, 4), "targets", random(2, 1, 2, 3, 4));
    SameDiff ours = SameDiff.create();
    SameDiff twin = SameDiff.create();
    SDVariable[] both =
        Ops.of(ours)
            .contrastiveLoss(
                "losses",
                ours.var("context", values.get("context")),
                ours.var("targets", values.get("targets")),
                ours.constant(negatives),
                null,
                0.3);
    both[1].mul(ours.constant(weights)).sum("loss");
    SDVariable expected =
        composed(
            twin,
            Map.of(
                "context", twin.var("context", values.get("context")),
                "targets", twin.var("targets", values.get("targets"))),
            negatives,
            0.3);
    expected.mul(twin.constant(weights)).sum("loss");
    ours.setLossVariables("loss");
    twin.setLossVariables("loss");
    assertClose("logits", both[1].eval(), expected.eval(), 1e-12);
    for (String name : values.keySet()) {
      assertClose(
          name,
          ours.calculateGradients(Map.of(), name).get(name),
          twin.calculateGradients(Map.of(), name).get(name),
          1e-12);
    }
  }

  @Test
  void aNegativeThatEqualsTheTargetDoesNotCount() {
    INDArray context = random(1, 1, 1, 3, 4);
    INDArray targets = random(2, 1, 1, 3, 4);
    targets.slice(0).getRow(2).assign(targets.slice(0).getRow(0));
    INDArray negatives = Nd4j.createFromArray(new int[][][] {{{2, 1}, {0, 2}, {1, 0}}});
    INDArray byValue = Nd4j.exec(new ContrastiveLoss(context, targets, negatives, null, 0.1))[1];
    assertThat(byValue.getDouble(0, 0, 1)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(byValue.getDouble(0, 2, 2)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(byValue.getDouble(0, 1, 1)).isFinite();
    INDArray codes = Nd4j.createFromArray(new int[][][] {{{1, 2}, {1, 2}, {1, 3}}});
    INDArray byCode = Nd4j.exec(new ContrastiveLoss(context, targets, negatives, codes, 0.1))[1];
    assertThat(byCode.getDouble(0, 0, 1)).isFinite();
    assertThat(byCode.getDouble(0, 0, 2)).isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(byCode.getDouble(0, 1, 1)).isEqualTo(Double.NEGATIVE_INFINITY);
  }

  @Test
  void whatDoesNotCountHasNoGradient() {
    SameDiff sd = SameDiff.create();
    SDVariable context = sd.var("context", random(1, 1, 1, 2, 3).castTo(DataType.FLOAT));
    SDVariable targets = sd.var("targets", Nd4j.ones(DataType.FLOAT, 1, 2, 3));
    SDVariable negatives = sd.constant(Nd4j.createFromArray(new int[][][] {{{1}, {0}}}));
    Ops.of(sd).contrastiveLoss("losses", context, targets, negatives, null, 0.1)[0].sum("loss");
    sd.setLossVariables("loss");
    assertThat(sd.outputSingle(Map.of(), "loss").getFloat(0)).isZero();
    Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), "context", "targets");
    assertThat(gradients.get("context").amaxNumber().floatValue()).isZero();
    assertThat(gradients.get("targets").amaxNumber().floatValue()).isZero();
  }

  @Test
  void wrongInputsAreNamed() {
    INDArray x = random(1, 1, 1, 3, 4);
    INDArray beyond = Nd4j.createFromArray(new int[][][] {{{1}, {3}, {0}}});
    assertThatThrownBy(() -> Nd4j.exec(new ContrastiveLoss(x, x, beyond, null, 0.1)))
        .rootCause()
        .hasMessageContaining("negative 0 of row 1 is 3, expected 0 to 2");
    SameDiff sd = SameDiff.create();
    SDVariable context = sd.placeHolder("context", DataType.FLOAT, -1, 3, 4);
    SDVariable two = sd.placeHolder("two", DataType.INT32, -1, 2, 5);
    SDVariable three = sd.placeHolder("three", DataType.INT32, -1, 3, 5);
    Ops ops = Ops.of(sd);
    assertThatThrownBy(() -> ops.contrastiveLoss("y", context, context, two, null, 0.1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("negatives have shape [-1, 2, 5], expected [batch, T, K]");
    assertThatThrownBy(() -> ops.contrastiveLoss("y", context, context, three, null, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("temperature is 0.0");
  }
}
