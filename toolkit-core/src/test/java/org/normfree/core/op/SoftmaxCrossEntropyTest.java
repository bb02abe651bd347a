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

class SoftmaxCrossEntropyTest {
  @ParameterizedTest
  @CsvSource({"1, 2", "5, 3", "7, 13", "2, 101"})
  void holdsTheContract(long rows, long classes) throws IOException {
    // labels of any sum and sign: the gradients are those of the formula, not of a distribution
    new OpContract(
            inputs(
                "logits", random(1, 4, rows, classes),
                "labels", random(2, 1, rows, classes)),
            (sd, in) -> Ops.of(sd).softmaxCrossEntropy(null, in.get("logits"), in.get("labels")),
            (sd, in) -> in.get("labels").mul(sd.nn.logSoftmax(in.get("logits"))).sum(1).mul(-1),
            in -> new SoftmaxCrossEntropy(in.get(0), in.get(1)),
            "normfree_softmax_cross_entropy_gradient")
        .holds();
  }

  @Test
  void anyNumberOfLeadingAxes() throws IOException {
    new OpContract(
            inputs("logits", random(1, 4, 2, 3, 5), "labels", random(2, 1, 2, 3, 5)),
            (sd, in) -> Ops.of(sd).softmaxCrossEntropy(null, in.get("logits"), in.get("labels")),
            (sd, in) ->
                in.get("labels")
                    .reshape(6, 5)
                    .mul(sd.nn.logSoftmax(in.get("logits").reshape(6, 5)))
                    .sum(1)
                    .mul(-1)
                    .reshape(2, 3),
            in -> new SoftmaxCrossEntropy(in.get(0), in.get(1)),
            "normfree_softmax_cross_entropy_gradient")
        .holds();
    INDArray single =
        Nd4j.exec(new SoftmaxCrossEntropy(random(1, 4, 5), Nd4j.ones(5).castTo(DataType.DOUBLE)))[
            0];
    assertThat(single.shape()).isEmpty();
  }

  @Test
  void largeLogitsDoNotOverflow() {
    SameDiff sd = SameDiff.create();
    SDVariable logits = sd.var("logits", Nd4j.createFromArray(new float[][] {{1e4f, -1e4f, 0}}));
    SDVariable labels = sd.constant(Nd4j.createFromArray(new float[][] {{0, 0.25f, 0.75f}}));
    Ops.of(sd).softmaxCrossEntropy("losses", logits, labels).sum("loss");
    sd.setLossVariables("loss");
    assertThat(sd.outputSingle(Map.of(), "loss").getFloat(0))
        .isEqualTo(0.25f * 2e4f + 0.75f * 1e4f);
    assertThat(sd.calculateGradients(Map.of(), "logits").get("logits").toFloatMatrix())
        .isEqualTo(new float[][] {{1, -0.25f, -0.75f}});
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable logits = sd.placeHolder("logits", DataType.FLOAT, -1, 5);
    SDVariable labels = sd.placeHolder("labels", DataType.FLOAT, -1, 4);
    SDVariable numbers = sd.placeHolder("numbers", DataType.INT32, -1, 5);
    SDVariable scalar = sd.constant(1f);
    assertThatThrownBy(() -> Ops.of(sd).softmaxCrossEntropy("y", logits, labels))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("labels has shape [-1, 4], expected equal shapes");
    assertThatThrownBy(() -> Ops.of(sd).softmaxCrossEntropy("y", logits, numbers))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected all FLOAT or all DOUBLE");
    assertThatThrownBy(() -> Ops.of(sd).softmaxCrossEntropy("y", scalar, scalar))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("logits is a scalar");
  }
}
