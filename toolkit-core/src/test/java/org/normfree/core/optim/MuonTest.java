package org.normfree.core.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.normfree.core.nn.Rng;

class MuonTest {
  private static INDArray random(DataType type, String name, long... shape) {
    Rng rng = Rng.of(1, name, 0);
    double[] values = new double[(int) (shape[0] * (shape.length > 1 ? shape[1] : 1))];
    for (int i = 0; i < values.length; i++) {
      values[i] = rng.gaussian();
    }
    return Nd4j.create(values, shape, type);
  }

  @ParameterizedTest
  @CsvSource({"7, 5", "5, 7", "16, 16", "3, 29", "1, 4"})
  void singularValuesAreBroughtNearOne(int rows, int columns) {
    INDArray matrix = random(DataType.DOUBLE, "m", rows, columns);
    INDArray near = Muon.orthogonal(matrix);
    double[] values =
        new SingularValueDecomposition(MatrixUtils.createRealMatrix(near.toDoubleMatrix()))
            .getSingularValues();
    double[] before =
        new SingularValueDecomposition(MatrixUtils.createRealMatrix(matrix.toDoubleMatrix()))
            .getSingularValues();
    for (int i = 0; i < values.length; i++) {
      // five steps do not lift what is nearly 0
      if (before[i] > 0.05 * before[0]) {
        assertThat(values[i]).isBetween(0.6, 1.3);
      }
    }
  }

  /** The iteration only moves singular values: the same vectors, written out for one matrix. */
  @Test
  void theStepIsTheOneWrittenDown() {
    INDArray w = random(DataType.DOUBLE, "w", 4, 6);
    INDArray start = w.dup();
    INDArray g = random(DataType.DOUBLE, "g", 4, 6);
    Map<String, INDArray> parameters = new LinkedHashMap<>(Map.of("w", w));
    Muon muon =
        new Muon(
            parameters,
            List.of(new ParameterGroup(List.of("w"), 0.1, 1)),
            Set.of("w"),
            0.9,
            0.9,
            0.999);
    muon.step(0.02, Map.of("w", g));
    INDArray x = g.mul(1.9); // G + μB with B = G
    x.divi(x.norm2Number().doubleValue() + 1e-7);
    for (int k = 0; k < 5; k++) {
      INDArray a = x.mmul(x.transpose());
      x = x.mul(3.4445).add(a.mul(-4.7750).add(a.mmul(a).mul(2.0315)).mmul(x));
    }
    INDArray expected = start.mul(1 - 0.02 * 0.1).sub(x.mul(0.02 * 0.2 * Math.sqrt(6)));
    assertThat(w.sub(expected).norm2Number().doubleValue()).isCloseTo(0, within(1e-12));
  }

  private static Map<String, INDArray> network() {
    Map<String, INDArray> parameters = new LinkedHashMap<>();
    parameters.put("embedding", random(DataType.FLOAT, "e", 5, 3));
    parameters.put("weight", random(DataType.FLOAT, "w", 3, 8));
    parameters.put("bias", random(DataType.FLOAT, "b", 8));
    return parameters;
  }

  private static Muon muon(Map<String, INDArray> parameters) {
    return new Muon(
        parameters,
        ParameterGroup.byRank(parameters, 0.05, false),
        Set.of("weight"),
        Muon.MOMENTUM,
        0.9,
        0.99);
  }

  @Test
  void whatIsNotNamedMovesByAdam() {
    Map<String, INDArray> parameters = network();
    Map<String, INDArray> byAdam = network();
    muon(parameters).step(0.01, network());
    new AdamW(byAdam, ParameterGroup.byRank(byAdam, 0.05, false), 0.9, 0.99, AdamW.EPSILON)
        .step(0.01, network());
    assertThat(parameters.get("embedding")).isEqualTo(byAdam.get("embedding"));
    assertThat(parameters.get("bias")).isEqualTo(byAdam.get("bias"));
    assertThat(parameters.get("weight")).isNotEqualTo(byAdam.get("weight"));
  }

  @Test
  void aRestoredOptimizerGoesOnAsIfNeverStopped() {
    Map<String, INDArray> whole = network();
    Muon never = muon(whole);
    Map<String, INDArray> half = network();
    Muon first = muon(half);
    never.step(0.01, network());
    first.step(0.01, network());
    never.step(0.01, network());
    Muon second = muon(half);
    second.restore(first.state());
    second.step(0.01, network());
    assertThat(half).isEqualTo(whole);
  }
}
