package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.random;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SigmaReparamTest {
  /** {@code loss = Σ weights·Ŵ}; with {@code twin}, composed from SameDiff's own ops. */
  private static SameDiff graph(long in, long out, DataType type, boolean twin) {
    SameDiff sd = SameDiff.create();
    SDVariable weight = sd.var("weight", random(1, 1, in, out).castTo(type));
    SDVariable gamma = sd.var("gamma", Nd4j.createFromArray(1.7).castTo(type));
    SDVariable u = sd.constant("u", random(2, 1, in).castTo(type));
    SDVariable hat;
    if (twin) {
      // u and v as constants of this very step, so that no gradient goes through them
      SigmaReparam.PowerStep step = SigmaReparam.PowerStep.of(weight.getArr(), u.getArr());
      SDVariable left = sd.constant("left", step.u().reshape(1, in).dup());
      SDVariable right = sd.constant("right", step.v().dup());
      SDVariable sigma = left.mmul(weight).mmul(right).reshape(1);
      hat = weight.mul(gamma.mul(sd.math.reciprocal(sigma)));
    } else {
      hat = Ops.of(sd).sigmaReparam("hat", weight, u, gamma)[0];
    }
    hat.mul(sd.constant(random(3, 1, in, out).castTo(type))).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  @ParameterizedTest
  @CsvSource({"6, 9", "9, 6", "2, 5", "5, 2", "7, 7"})
  void gradientsAgreeWithTheTwinAndWithFiniteDifferences(long in, long out) {
    Map<String, INDArray> expected =
        graph(in, out, DataType.DOUBLE, true).calculateGradients(Map.of(), "weight", "gamma");
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
      Map<String, INDArray> actual =
          graph(in, out, type, false).calculateGradients(Map.of(), "weight", "gamma");
      double tolerance = type == DataType.DOUBLE ? 1e-12 : 1e-5;
      assertClose(type + " dW", actual.get("weight"), expected.get("weight"), tolerance);
      assertClose(type + " dγ", actual.get("gamma"), expected.get("gamma"), tolerance);
    }
    // the twin's σ moves with W while u and v stay: that is what central differences must see
    SameDiff twin = graph(in, out, DataType.DOUBLE, true);
    INDArray weight = twin.getVariable("weight").getArr();
    INDArray numeric = weight.ulike();
    for (long i = 0; i < weight.length(); i++) {
      double old = weight.getDouble(i);
      weight.putScalar(i, old + 1e-6);
      double up = twin.outputSingle(Map.of(), "loss").getDouble(0);
      weight.putScalar(i, old - 1e-6);
      double down = twin.outputSingle(Map.of(), "loss").getDouble(0);
      weight.putScalar(i, old);
      numeric.putScalar(i, (up - down) / 2e-6);
    }
    assertClose("finite differences", expected.get("weight"), numeric, 1e-7);
  }

  @Test
  void theNextUConvergesToTheSingularVectorAndTheNormToGamma() {
    INDArray weight = random(4, 1, 8, 5);
    INDArray u = random(5, 1, 8);
    INDArray gamma = Nd4j.createFromArray(3.0);
    INDArray hat = null;
    for (int i = 0; i < 300; i++) {
      INDArray[] outputs = Nd4j.exec(new SigmaReparam(weight, u, gamma));
      hat = outputs[0];
      u = outputs[1];
    }
    INDArray singular = Nd4j.create(DataType.DOUBLE, 5);
    Nd4j.getBlasWrapper().lapack().gesvd(hat.dup('f'), singular, null, null);
    assertThat(singular.maxNumber().doubleValue())
        .isCloseTo(3.0, org.assertj.core.data.Offset.offset(1e-9));
  }

  @Test
  void ourGradientOpRunsAndSurvivesSaveAndLoad(@TempDir Path folder) throws IOException {
    SameDiff sd = graph(6, 9, DataType.FLOAT, false);
    Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), "weight", "gamma");
    assertThat(sd.getFunction("grad").ops())
        .anySatisfy(op -> assertThat(op.opName()).isEqualTo("normfree_sigma_reparam_gradient"));
    File file = folder.resolve("graph.fb").toFile();
    sd.save(file, false);
    SameDiff loaded = SameDiff.load(file, false);
    assertThat(loaded.output(Map.of(), "hat", "hat_next_u"))
        .isEqualTo(sd.output(Map.of(), "hat", "hat_next_u"));
    assertThat(loaded.calculateGradients(Map.of(), "weight", "gamma")).isEqualTo(gradients);
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable weight = sd.var("weight", Nd4j.ones(DataType.FLOAT, 6, 9));
    SDVariable gamma = sd.var("gamma", Nd4j.ones(DataType.FLOAT, 1));
    SDVariable nine = sd.constant("nine", Nd4j.ones(DataType.FLOAT, 9));
    SDVariable six = sd.constant("six", Nd4j.ones(DataType.FLOAT, 6));
    assertThatThrownBy(() -> Ops.of(sd).sigmaReparam("hat", weight, nine, gamma))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("u has shape [9], expected [6]");
    assertThatThrownBy(() -> Ops.of(sd).sigmaReparam("hat", weight, six, six))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("gamma has shape [6], expected [1]");
  }
}
