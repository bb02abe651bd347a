package org.normfree.core.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.normfree.core.op.OpContract.assertClose;
import static org.normfree.core.op.OpContract.random;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class StopGradientTest {
  /** {@code Σ stop(tanh x)·x·w}: only the second x has a gradient. */
  private static SameDiff graph(DataType type) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", random(1, 1, 3, 5, 7).castTo(type));
    SDVariable stopped = Ops.of(sd).stopGradient("stopped", sd.math.tanh("tanh", x));
    stopped.mul(x).mul(sd.constant(random(2, 1, 3, 5, 7).castTo(type))).sum("loss");
    sd.setLossVariables("loss");
    return sd;
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void passesValuesOnAndNoGradientBack(DataType type, @TempDir Path folder) throws IOException {
    SameDiff sd = graph(type);
    assertThat(sd.outputSingle(Map.of(), "stopped")).isEqualTo(sd.outputSingle(Map.of(), "tanh"));
    INDArray gradient = sd.calculateGradients(Map.of(), "x").get("x");
    INDArray expected = sd.outputSingle(Map.of(), "tanh").mul(random(2, 1, 3, 5, 7).castTo(type));
    assertClose("gradient", gradient, expected, type == DataType.DOUBLE ? 1e-15 : 1e-6);
    File file = folder.resolve("graph.fb").toFile();
    sd.save(file, false);
    SameDiff loaded = SameDiff.load(file, false);
    assertThat(loaded.calculateGradients(Map.of(), "x").get("x")).isEqualTo(gradient);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void whatOnlyLiesBehindItHasAGradientOfZeros(DataType type) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", random(1, 1, 13).castTo(type));
    SDVariable y = sd.var("y", random(2, 1, 13).castTo(type));
    Ops.of(sd).stopGradient("stopped", x.mul(x)).mul(y).sum("loss");
    sd.setLossVariables("loss");
    Map<String, INDArray> gradients = sd.calculateGradients(Map.of(), "x", "y");
    assertThat(gradients.get("x").amaxNumber().doubleValue()).isZero();
    assertThat(gradients.get("y").amaxNumber().doubleValue()).isNotZero();
  }
}
