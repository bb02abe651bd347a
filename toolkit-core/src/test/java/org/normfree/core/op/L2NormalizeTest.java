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

class L2NormalizeTest {
  @ParameterizedTest
  @CsvSource({"1, 2, 1e-12", "5, 7, 1e-12", "3, 31, 1e-12", "13, 3, 100", "2, 5, 1e-6"})
  void holdsTheContract(long rows, long width, double epsilon) throws IOException {
    new OpContract(
            inputs("x", random(1, 3, rows, width)),
            (sd, in) -> Ops.of(sd).l2Normalize(null, in.get("x"), epsilon),
            (sd, in) -> {
              SDVariable x = in.get("x");
              SDVariable norm = sd.math.sqrt(x.mul(x).sum(true, 1));
              // all rows here are longer than ε, or all are shorter
              return epsilon > 10 ? x.mul(1 / epsilon) : x.mul(sd.math.reciprocal(norm));
            },
            in -> new L2Normalize(in.get(0), epsilon),
            "normfree_l2_normalize_gradient")
        .holds();
  }

  @Test
  void anyNumberOfLeadingAxes() {
    INDArray x = random(2, 1, 2, 3, 5);
    INDArray rows = Nd4j.exec(new L2Normalize(x.reshape(6, 5), 1e-12))[0];
    assertClose("rows", Nd4j.exec(new L2Normalize(x, 1e-12))[0], rows.reshape(2, 3, 5), 0);
    INDArray single = Nd4j.exec(new L2Normalize(Nd4j.createFromArray(3.0, 4.0), 1e-12))[0];
    assertClose("a vector", single, Nd4j.createFromArray(0.6, 0.8), 1e-15);
  }

  private record Result(INDArray y, INDArray gradient) {}

  private static Result of(DataType type, double epsilon, double... row) {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", Nd4j.createFromArray(row).castTo(type).reshape(1, row.length));
    SDVariable weights = sd.constant(Nd4j.createFromArray(1.0, 0.5).castTo(type).reshape(1, 2));
    Ops.of(sd).l2Normalize("y", x, epsilon).mul(weights).sum("loss");
    sd.setLossVariables("loss");
    INDArray gradient = sd.calculateGradients(Map.of(), "x").get("x");
    return new Result(sd.outputSingle(Map.of(), "y"), gradient);
  }

  @Test
  void hugeAndTinyRowsNeitherOverflowNorVanish() {
    for (double size : new double[] {1e25, 1e-30}) {
      Result result = of(DataType.FLOAT, 1e-37, 3 * size, 4 * size);
      assertClose("y", result.y, Nd4j.createFromArray(new double[][] {{0.6, 0.8}}), 1e-6);
      // G − u·<G, u> = (0.4, −0.3), over the norm
      INDArray expected = Nd4j.createFromArray(new double[][] {{0.4, -0.3}}).mul(0.2 / size);
      INDArray ratio = result.gradient.castTo(DataType.DOUBLE).div(expected);
      assertClose("gradient", ratio, Nd4j.ones(DataType.DOUBLE, 1, 2), 1e-5);
    }
    INDArray wide = of(DataType.DOUBLE, 1e-12, 3e200, 4e200).y;
    assertClose("DOUBLE", wide, Nd4j.createFromArray(new double[][] {{0.6, 0.8}}), 1e-15);
  }

  @Test
  void aRowShorterThanEpsilonIsDividedByIt() {
    for (DataType type : new DataType[] {DataType.FLOAT, DataType.DOUBLE}) {
      Result zero = of(type, 1e-3, 0, 0);
      assertThat(zero.y.amaxNumber().doubleValue()).isZero();
      INDArray expected = Nd4j.createFromArray(new double[][] {{1e3, 5e2}});
      assertClose("gradient at 0", zero.gradient, expected, 1e-6);
      Result small = of(type, 1e-3, 3e-5, 4e-5);
      assertClose("y", small.y, Nd4j.createFromArray(new double[][] {{3e-2, 4e-2}}), 1e-6);
      assertClose("gradient", small.gradient, expected, 1e-6);
    }
  }

  @Test
  void wrongInputsAreRefused() {
    SameDiff sd = SameDiff.create();
    SDVariable x = sd.var("x", Nd4j.ones(DataType.FLOAT, 3, 4));
    assertThatThrownBy(() -> Ops.of(sd).l2Normalize("y", x, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("epsilon is 0.0");
    assertThatThrownBy(() -> Ops.of(sd).l2Normalize("y", sd.constant(1f), 1e-12))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x is a scalar");
  }
}
